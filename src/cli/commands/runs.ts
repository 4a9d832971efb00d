import type { Command } from 'commander';
import { isLive } from '../../core/runs/liveness';
import { armOf } from '../../core/runs/read-files';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { measured } from '../../core/runs/run-values';
import { duration } from '../../core/words/numbers';
import { inBatches } from '../../node/files/in-batches';
import { listRuns, newestMetrics, TOGETHER } from '../../node/runs/run-store';
import { layout, print } from '../terminal/output';
import { fitting } from '../terminal/progress';
import { visible } from '../terminal/text-layout';
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
    for (const line of await inBatches(runs, TOGETHER, (run) => runLine(run, idWidth))) print(line);
  }
}

function jsonRun({ id, folder, state, run, status, problem }: RunRecord): object {
  return {
    id,
    folder,
    state,
    ...(run && { ...armOf(run), sweep: run.sweep, configFile: run.configFile, created: run.created }),
    ...(status && { step: status.step, totalSteps: status.totalSteps, error: status.error }),
    ...(problem !== undefined && { problem }),
  };
}

async function runLine(stored: RunRecord, idWidth: number): Promise<string> {
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
  const rest = why !== undefined ? [why] : [...measured(metrics.train).slice(0, 3), ...time];
  const steps = totalSteps === undefined ? `${step}` : `${step}/${totalSteps}`;
  const start = `${id.padEnd(idWidth)}  ${state.padEnd(11)}  ${steps.padEnd(9)}`;
  const line = fitting(visible(start), rest.map(visible), page.width);
  const colour = ({ completed: 'green', failed: 'red', interrupted: 'yellow', running: 'cyan' } as const)[
    state as 'completed'
  ];
  return colour ? line.replace(state, page.paint(colour, state)) : line;
}
