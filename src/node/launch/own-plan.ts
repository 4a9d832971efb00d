import { dirname } from 'node:path';
import type { Checked } from '../../core/check/check';
import type { Config } from '../../core/config/config';
import { resolveConfig } from '../../core/config/resolved';
import { type Arm, armConfig, sweepArms } from '../../core/sweeps/arms';
import type { SweepFile } from '../../core/sweeps/format';
import { FileError } from '../files/text-files';
import { type TrainerStart, torchStart } from '../torch/torch-start';
import { needConsent } from './judge-consent';
import type { LaunchPlan, LaunchRequest, Programs } from './launch-plan';

/** How a config of ours is trained, by one of our trainers. */
export async function planOwn(
  checked: Checked,
  request: LaunchRequest,
  programs: Programs,
): Promise<LaunchPlan> {
  const config = resolveConfig(checked.experiment);
  const arms = armsOf(config, request);
  await needConsent(config, programs.allowKey);
  const parallel = request.sweep?.parallel ?? config['sweep.parallel'];
  const { start, problem } = await trainerStart(config, request, parallel, programs);
  return {
    checked,
    producer: { kind: config['backend.kind'], trainer: 'dpo-lab', ...ownVersion(programs) },
    arms: arms.map((arm) => ({ config: armConfig(config, arm), files: {} })),
    job: {
      parallel,
      stopDegenerate: config['sweep.stop_degenerate'],
      ...judgeStart(config, programs),
      ...start,
    },
    ...(problem && { problem }),
    notes: [],
  };
}

/** How the job starts the judge of a run. */
export function judgeStart(
  config: Config,
  { node, judge }: Pick<Programs, 'node' | 'judge'>,
): Pick<SweepFile, 'judge'> {
  return config['evaluation.judge.kind'] === 'none' ? {} : { judge: [node, judge] };
}

/** What the job starts for a run. Where something of the torch trainer is not there: why the job starts nothing. */
export async function trainerStart(
  config: Config,
  { configFile, dataFolder }: Pick<LaunchRequest, 'configFile' | 'dataFolder'>,
  parallel: number,
  programs: Programs,
): Promise<{ readonly start: TrainerStart; readonly problem?: FileError }> {
  if (config['backend.kind'] === 'onnx') return { start: { trainer: [programs.node, programs.onnxTrainer] } };
  const place = { configFile, workspaceFolder: dirname(dataFolder) };
  try {
    return { start: await torchStart(config, place, parallel, programs.torch) };
  } catch (problem) {
    if (problem instanceof FileError) return { start: { trainer: [], problem: problem.message }, problem };
    throw problem;
  }
}

/** @throws FileError where there is nothing to sweep */
function armsOf(config: Config, { configFile, sweep }: LaunchRequest): Arm[] {
  if (!sweep) return [{ beta: config['objective.beta'], seed: config['training.seed'] }];
  const arms = sweepArms(config, sweep);
  if (arms.length > 0) return arms;
  throw new FileError(
    `${configFile} names no betas to sweep. Write sweep: { beta: [0.1, 0.05, 0.02] }, or give --beta 0.1,0.05,0.02.`,
  );
}

function ownVersion({ versions }: Programs): { version?: string } {
  const version = versions['dpo-lab'];
  return version === undefined ? {} : { version };
}
