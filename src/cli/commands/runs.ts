import type { Command } from 'commander';
import type { RunFile } from '../../core/runs/format';
import { isLive } from '../../core/runs/liveness';
import { armOf } from '../../core/runs/read-files';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { measured } from '../../core/runs/run-values';
import { duration } from '../../core/words/numbers';
import { inBatches } from '../../node/files/in-batches';
import { listRuns, newestMetrics, TOGETHER } from '../../node/runs/run-store';
import { layout, print } from '../terminal/output';
import { fitting } from '../terminal/progress';
import { visible, wrap } from '../terminal/text-layout';
import { dataFolderOf } from '../train/find-run';
import { addDataFolderOption } from '../train/launching';

interface RunsOptions {
  readonly json: boolean;
  readonly dataFolder?: string;
}

export function addRunsCommand(program: Command): void {
  const command = program
    .command('runs')
    .summary('list the runs')
    .description('Lists the runs of a folder, oldest first.');
  addDataFolderOption(command)
    .option('--json', 'print a JSON list', false)
    .addHelpText(
      'after',
      '\nExamples:\n  dpo-lab runs\n  dpo-lab runs --json | jq \'.[] | select(.state == "interrupted").id\'',
    )
    .action(listCommand);
}

async function listCommand({ json, dataFolder }: RunsOptions): Promise<void> {
  const folder = await dataFolderOf(process.cwd(), dataFolder);
  const runs = await listRuns(folder);
  if (json) print(JSON.stringify(runs.map(jsonRun), null, 2));
  else if (runs.length === 0)
    print(`There are no runs in ${visible(folder)}. Start one with: dpo-lab train CONFIG`);
  else {
    const idWidth = Math.max(...runs.map(({ id }) => id.length));
    const all = await inBatches(runs, TOGETHER, (run) => runLines(run, idWidth));
    for (const line of all.flat()) print(line);
  }
}

function jsonRun({ id, folder, state, run, status, problem }: RunRecord): object {
  return {
    id,
    folder,
    state,
    ...(run && {
      ...knownArm(run),
      sweep: run.sweep,
      producer: run.producer,
      name: run.name,
      configFile: run.configFile,
      created: run.created,
    }),
    ...(status && { step: status.step, totalSteps: status.totalSteps, error: status.error }),
    ...(problem !== undefined && { problem }),
  };
}

/** JSON has no NaN: what is not known is left out. */
function knownArm(run: RunFile): { readonly beta?: number; readonly seed?: number } {
  const { beta, seed } = armOf(run);
  return { ...(!Number.isNaN(beta) && { beta }), ...(!Number.isNaN(seed) && { seed }) };
}

async function runLines(stored: RunRecord, idWidth: number): Promise<string[]> {
  const { id, state, status, folder, problem } = stored;
  const page = layout();
  const { step = 0, totalSteps, remaining, started, ended } = status ?? {};
  const metrics = await newestMetrics(folder);
  const time =
    started !== undefined && ended !== undefined
      ? [`in ${duration(ended - started)}`]
      : isLive(state) && remaining !== undefined
        ? [`${duration(remaining)} left`]
        : [];
  const why = problem ?? metrics.problem;
  const rest = why !== undefined ? [] : [...measured(metrics.train).slice(0, 3), ...time];
  const steps = totalSteps === undefined ? `${step}` : `${step}/${totalSteps}`;
  const start = `${id.padEnd(idWidth)}  ${state.padEnd(11)}  ${steps.padEnd(9)}`;
  const line = fitting(visible(start), rest.map(visible), page.width);
  const colour = (
    {
      completed: 'green',
      failed: 'red',
      interrupted: 'yellow',
      unreadable: 'yellow',
      running: 'cyan',
    } as const
  )[state as 'completed'];
  const shown = colour ? line.replace(state, page.paint(colour, state)) : line;
  // What is wrong is worth lines of its own: cut off, it would help nobody.
  return why === undefined ? [shown] : [shown, ...wrap(visible(why), page.width, '  ', '  ')];
}
