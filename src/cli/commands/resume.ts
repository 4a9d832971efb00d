import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { isLive } from '../../core/runs/liveness';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { inBatches } from '../../node/files/in-batches';
import { FileError } from '../../node/files/text-files';
import type { Launched } from '../../node/launch/launch';
import { localLauncher } from '../../node/launch/launchers/local';
import { resume } from '../../node/launch/resume';
import { readRun, TOGETHER } from '../../node/runs/run-store';
import { print, printToStderr } from '../terminal/output';
import { reportEnds } from '../train/end-summary';
import { dataFolderOf, findRuns, placeOf } from '../train/find-run';
import { follow } from '../train/follow';
import { addLaunchOptions, EXIT_CODES, type LaunchOptions, programs } from '../train/launching';
import { UsageError } from '../usage-error';
import { RUN_ARGUMENT } from './watch';

export function addResumeCommand(program: Command): void {
  const command = program
    .command('resume')
    .summary('continue a run from its last checkpoint')
    .description('Goes on with runs that were stopped, failed or interrupted, from their last checkpoint.')
    .argument('<run>', RUN_ARGUMENT);
  addLaunchOptions(command)
    .addHelpText('after', `\nExamples:\n  dpo-lab resume last\n  dpo-lab resume k3f9 --detach\n${EXIT_CODES}`)
    .action(runResume);
}

async function runResume(
  name: string,
  { json, detach, dataFolder: wanted, allowJudge }: LaunchOptions,
): Promise<void> {
  const dataFolder = await dataFolderOf(process.cwd(), wanted);
  const found = await inBatches(await findRuns(name, dataFolder), TOGETHER, withoutDoubt);
  // Of a sweep, what is left to do.
  const runs =
    found.length === 1 ? found : found.filter(({ state }) => !isLive(state) && state !== 'completed');
  if (runs.length === 0) throw new UsageError('Every arm of this sweep is completed or running already.');
  const ids = runs.map(({ id }) => id);
  const place = await placeOf(dataFolder, process.cwd());
  const { problem, ...launched } = await resumeOrSay(dataFolder, ids, allowJudge);
  if (json) print(JSON.stringify({ type: 'launched', ...launched }));
  else if (!problem)
    for (const { id, status } of runs)
      print(`${id}: continues from its last checkpoint (it was at step ${status?.step ?? 0}).`);
  if (detach && !problem) return;
  const options = { json, history: false, onInterrupt: 'stop', name: name + place } as const;
  process.exitCode = reportEnds(await follow(runs, options), json, place);
}

async function resumeOrSay(
  dataFolder: string,
  ids: readonly string[],
  allowedJudge: string | undefined,
): Promise<Launched> {
  try {
    return await resume(dataFolder, ids, programs(allowedJudge));
  } catch (error) {
    throw error instanceof FileError ? new UsageError(error.message) : error;
  }
}

/** A job that was just killed looks alive for some seconds: waiting is less work than trying again. */
async function withoutDoubt(run: RunRecord): Promise<RunRecord> {
  let now = run;
  if (await isJobGone(now)) printToStderr(`${run.id}: its job is gone. Making sure of that ...`);
  while (await isJobGone(now)) {
    await delay(500);
    now = await readRun(run.folder, run.id);
  }
  return now;
}

/** Whether the job is known to be gone, although the run does not count as interrupted yet. */
async function isJobGone({ state, status, run, id }: RunRecord): Promise<boolean> {
  if (!isLive(state) || status?.handle === undefined) return false;
  return (await localLauncher.look(status.handle, run?.sweep ?? id)) === 'gone';
}
