import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { isLive } from '../../core/runs/liveness';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { askRun, readRun } from '../../node/runs/run-store';
import { print } from '../terminal/output';
import { dataFolderOf, findRuns, placeOf } from '../train/find-run';
import { addDataFolderOption } from '../train/launching';
import { EXIT } from '../usage-error';
import { RUN_ARGUMENT } from './watch';

interface StopOptions {
  readonly now: boolean;
  readonly dataFolder?: string;
}

/** Milliseconds between two looks at a run that is stopping. */
const INTERVAL = 250;

export function addStopCommand(program: Command): void {
  const command = program
    .command('stop')
    .summary('stop a run, with a checkpoint')
    .description('Asks runs to stop after their step, with a checkpoint, and waits until they have.')
    .argument('<run>', RUN_ARGUMENT);
  addDataFolderOption(command)
    .option('--now', 'end the trainer at once: what is not in a checkpoint is lost', false)
    .addHelpText(
      'after',
      '\nExamples:\n  dpo-lab stop last\n  dpo-lab stop k3f9 --now\n\nExit codes: 0 none of the runs is in progress, 2 there is no such run.',
    )
    .action(async (name: string, { now, dataFolder }: StopOptions) => {
      const folder = await dataFolderOf(process.cwd(), dataFolder);
      const place = await placeOf(folder, process.cwd());
      const runs = await findRuns(name, folder);
      const live = runs.filter(({ state }) => isLive(state));
      for (const run of live) await askRun(run.folder, run.id, now ? 'kill' : 'stop');
      for (const run of runs) print(lineOf(live.includes(run) ? await ended(run) : run, place));
      process.exitCode = EXIT.ok;
    });
}

/** A job that dies meanwhile leaves an interrupted run, so that this ends in any case. */
async function ended({ folder, id }: RunRecord): Promise<RunRecord> {
  for (;;) {
    const run = await readRun(folder, id);
    if (!isLive(run.state)) return run;
    await delay(INTERVAL);
  }
}

function lineOf({ id, state, status, problem }: RunRecord, place: string): string {
  if (state === 'unreadable') return `${id}: unreadable. ${problem ?? ''}`;
  const again = state === 'completed' ? '' : ` Go on with: dpo-lab resume ${id}${place}`;
  return `${id}: ${state} at step ${status?.step ?? 0}.${again}`;
}
