import type { Experiment } from '../../../core/config/experiment';
import type { FoundPython } from '../../torch/python';
import type { TrainerProgram } from './trainer-commands';

export interface SharedReferences {
  /** One table of reference log-probabilities serves all arms. */
  readonly isShared: boolean;
  /** What it costs where it does not, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Whether the arms of a sweep can share reference log-probabilities. TRL from 0.29 on takes them from us, in `trl dpo`,
 * whose reference always is the starting policy. Elsewhere each arm scores every pair itself.
 */
export function sharedReferences(
  experiment: Experiment,
  program: TrainerProgram,
  { packages }: FoundPython,
  arms: number,
): SharedReferences {
  if (arms < 2) return { isShared: false, notes: [] };
  const reason = obstacle(experiment, program, packages.trl);
  if (reason === undefined) return { isShared: true, notes: [] };
  if (experiment.get('reference.policy').value === 'none') return { isShared: false, notes: [] };
  return { isShared: false, notes: [costOf(experiment, arms, reason)] };
}

function obstacle(
  experiment: Experiment,
  program: TrainerProgram,
  trl: string | undefined,
): string | undefined {
  const isOn = (key: string): boolean => experiment.own?.file.value(key) === true;
  if (program.trainer !== 'trl') return `${program.trainer} takes no table of them`;
  if (trl === undefined || isBefore029(trl)) return `TRL ${trl ?? ''} takes no table of them: 0.29 does`;
  if (isOn('sync_ref_model')) return 'sync_ref_model changes the reference while it trains';
  if (isOn('dataset_streaming')) return 'dataset_streaming leaves no rows to look up';
  if (isOn('use_liger_kernel')) return 'use_liger_kernel cannot use them';
  return undefined;
}

function isBefore029(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 0 && minor < 29;
}

/** A training step is about three passes over its pairs, a pass of the reference is one. */
function costOf(experiment: Experiment, arms: number, reason: string): string {
  const precomputes = experiment.own?.file.value('precompute_ref_log_probs') === true;
  const passes = precomputes
    ? 'one pass over all pairs'
    : `a pass at each step, ${experiment.get('training.epochs').value} epochs in all`;
  return `Each of the ${arms} runs computes the reference log-probabilities again (${passes}, about a quarter of its time), because ${reason}.`;
}
