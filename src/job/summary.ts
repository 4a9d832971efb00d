import { join } from 'node:path';
import { standing } from '../core/runs/alarm';
import { END_STATES, RUN_FORMAT } from '../core/runs/format';
import { isLive } from '../core/runs/liveness';
import { armOf } from '../core/runs/read-files';
import { type ArmSummary, SWEEP_FILES, type SweepFile, type SweepSummary } from '../core/sweeps/format';
import { replaceJson } from '../node/files/atomic-file';
import { inBatches } from '../node/files/in-batches';
import { newestMetrics, readRun, runFolderOf, TOGETHER } from '../node/runs/run-store';
import { toldAlarms } from './alarms-so-far';

/** Writes how the arms of a sweep ended, unless one of them still goes on, in another job for instance. */
export async function summarize(sweepFolder: string, dataFolder: string, sweep: SweepFile): Promise<void> {
  const arms = await inBatches(sweep.runs, TOGETHER, (id) => summarizeArm(runFolderOf(dataFolder, id), id));
  if (arms.some((arm) => arm === undefined)) return;
  const summary: SweepSummary = {
    format: RUN_FORMAT,
    id: sweep.id,
    ended: Date.now(),
    runs: arms.flatMap((arm) => arm ?? []),
  };
  replaceJson(join(sweepFolder, SWEEP_FILES.summary), summary, { durable: true });
}

/** Undefined for an arm that a job still cares for. One that was deleted meanwhile is told as interrupted. */
async function summarizeArm(folder: string, id: string): Promise<ArmSummary | undefined> {
  const { state, status, run } = await readRun(folder, id);
  if (isLive(state) && !(status && END_STATES.has(status.state))) return undefined;
  const { train, eval: held } = await newestMetrics(folder);
  return {
    id,
    ...(run ? armOf(run) : { beta: Number.NaN, seed: Number.NaN }),
    state,
    step: status?.step ?? 0,
    ...(status?.totalSteps !== undefined && { totalSteps: status.totalSteps }),
    ...(status?.error !== undefined && { error: status.error }),
    train,
    eval: held,
    alarms: standing(await toldAlarms(folder)),
  };
}
