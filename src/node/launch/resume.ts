import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { completeConfig } from '../../core/config/resolved';
import { isStartedHere, RUN_FILES, RUN_FORMAT, type RunFile } from '../../core/runs/format';
import { isLive } from '../../core/runs/liveness';
import { SWEEP_FILES, type SweepFile } from '../../core/sweeps/format';
import { replaceJson } from '../files/atomic-file';
import { inBatches } from '../files/in-batches';
import { insideOf, PRIVATE_FOLDER } from '../files/own-files';
import { FileError } from '../files/text-files';
import { requireOwnPlace } from '../runs/data-folder';
import { readRun, runFolderOf, sweepFolderOf, TOGETHER } from '../runs/run-store';
import { readSweep } from '../runs/sweep-store';
import type { TrainerStart } from '../torch/torch-start';
import { needConsent } from './judge-consent';
import type { Launched } from './launch';
import type { Programs } from './launch-plan';
import { localLauncher } from './launchers/local';
import { judgeStart, trainerStart } from './own-plan';
import { continueCommands } from './trainers/continue-commands';

/**
 * Starts a job again for runs of one sweep that were stopped, failed or interrupted. Each continues from its last
 * checkpoint.
 *
 * @throws FileError where a run is running, is completed or cannot be read
 */
export async function resume(
  dataFolder: string,
  ids: readonly string[],
  programs: Programs,
): Promise<Launched> {
  requireOwnPlace(dataFolder);
  for (const id of ids) insideOf(runFolderOf(dataFolder, id), RUN_FILES.checkpoints);
  const runs = await inBatches(ids, TOGETHER, (id) => resumable(dataFolder, id));
  const [first] = runs;
  if (!first) throw new FileError('There is no run to resume.');
  const sweep = first.sweep ?? first.id;
  const folder = sweepFolderOf(dataFolder, sweep);
  const known = await readSweep(folder).catch(() => undefined);
  const plan = known ? withoutStart(known) : { ...oneArm(first, sweep), runs: ids };
  // The programs may lie elsewhere than when the runs were launched, after an update for instance.
  const { start, problem, ...judge } =
    first.producer.kind === 'command'
      ? { start: await continueCommands(runs, dataFolder, plan.runs.length, programs), problem: undefined }
      : await startOwn(first, dataFolder, plan.parallel, programs);
  const file: SweepFile = { ...plan, ...judge, ...start };
  insideOf(dataFolder, 'sweeps', sweep);
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  replaceJson(join(folder, SWEEP_FILES.sweep), file, { durable: true });
  // What was asked of the attempt before does not hold for this one.
  for (const id of ids) await rm(join(runFolderOf(dataFolder, id), RUN_FILES.control), { force: true });
  await localLauncher.start({ node: programs.node, program: programs.job, dataFolder, sweep, runs: ids });
  return { sweep, runs: ids, ...(problem && { problem }) };
}

async function startOwn(
  { config: nested, configFile }: ResumableRun,
  dataFolder: string,
  parallel: number,
  programs: Programs,
) {
  const config = completeConfig(nested);
  await needConsent(config, programs.allowKey);
  const start = await trainerStart(config, { configFile, dataFolder }, parallel, programs);
  return { ...start, ...judgeStart(config, programs) };
}

/** A run that a job of ours trains has a config file. */
type ResumableRun = RunFile & { readonly configFile: string };

async function resumable(dataFolder: string, id: string): Promise<ResumableRun> {
  insideOf(dataFolder, 'runs', id);
  const { run, state, problem } = await readRun(runFolderOf(dataFolder, id), id);
  if (!run || problem !== undefined) throw new FileError(problem ?? `${id} cannot be read.`);
  const { configFile, producer } = run;
  if (!isStartedHere(run) || configFile === undefined) {
    throw new FileError(
      `${id} was trained by ${producer.trainer}, so DPO Lab cannot resume it. Resume it with ${producer.trainer} itself.`,
    );
  }
  if (isLive(state)) throw new FileError(`${id} is ${state}. Watch it with: dpo-lab watch ${id}`);
  if (state === 'completed') throw new FileError(`${id} is completed: there is nothing to resume.`);
  return { ...run, configFile };
}

type Plan = Omit<SweepFile, keyof TrainerStart | 'judge'>;

/** Nothing of how its trainer was started, or was not, holds any more. */
function withoutStart(sweep: SweepFile): Plan {
  const {
    trainer: _,
    judge: ______,
    environment: __,
    together: ___,
    launcher: ____,
    problem: _____,
    ...plan
  } = sweep;
  return plan;
}

/** A sweep whose folder was deleted. */
function oneArm({ created, configFile }: ResumableRun, id: string): Omit<Plan, 'runs'> {
  return { format: RUN_FORMAT, id, created, configFile, parallel: 1, stopDegenerate: false };
}
