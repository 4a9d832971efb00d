import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { flattenConfig } from '../../core/config/resolved';
import { RUN_FILES, RUN_FORMAT, type RunFile } from '../../core/runs/format';
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
import { type Launched, type Programs, trainerStart } from './launch';
import { startJob } from './start-job';

/**
 * Starts a job again for runs of one sweep that were stopped, failed or interrupted. Each goes on from its last
 * checkpoint.
 *
 * @throws FileError where a run goes on, is completed or cannot be read
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
  const { configFile } = first;
  const config = flattenConfig(first.config);
  const { start, problem } = await trainerStart(config, { configFile, dataFolder }, plan.parallel, programs);
  const file: SweepFile = { ...plan, ...start };
  insideOf(dataFolder, 'sweeps', sweep);
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  replaceJson(join(folder, SWEEP_FILES.sweep), file, { durable: true });
  // What was asked of the attempt before does not hold for this one.
  for (const id of ids) await rm(join(runFolderOf(dataFolder, id), RUN_FILES.control), { force: true });
  await startJob({ node: programs.node, program: programs.job, dataFolder, sweep, runs: ids });
  return { sweep, runs: ids, ...(problem && { problem }) };
}

async function resumable(dataFolder: string, id: string): Promise<RunFile> {
  insideOf(dataFolder, 'runs', id);
  const { run, state, problem } = await readRun(runFolderOf(dataFolder, id), id);
  if (!run || run.format > RUN_FORMAT || problem !== undefined) {
    throw new FileError(problem ?? `${id} cannot be read.`);
  }
  if (isLive(state)) throw new FileError(`${id} is ${state}. Watch it with: dpo-lab watch ${id}`);
  if (state === 'completed') throw new FileError(`${id} is completed: there is nothing to resume.`);
  return run;
}

type Plan = Omit<SweepFile, keyof TrainerStart>;

/** Nothing of how its trainer was started, or was not, holds any more. */
function withoutStart(sweep: SweepFile): Plan {
  const { trainer: _, environment: __, together: ___, launcher: ____, problem: _____, ...plan } = sweep;
  return plan;
}

/** A sweep whose folder was deleted. */
function oneArm({ format, created, configFile }: RunFile, id: string): Omit<Plan, 'runs'> {
  return { format, id, created, configFile, parallel: 1, stopDegenerate: false };
}
