import type { Experiment } from '../config/experiment';
import type { Range } from '../text';

/** Questions that several rules ask of an experiment. */

/** Standard DPO: the starting policy is its own reference. */
export function hasOwnReference(experiment: Experiment): boolean {
  const reference = experiment.get('reference.policy').value;
  return reference === 'same' || reference === experiment.get('model.path').value;
}

export function hasNoReference(experiment: Experiment): boolean {
  return experiment.get('reference.policy').value === 'none';
}

/** Another model serves as the reference. */
export function hasForeignReference(experiment: Experiment): boolean {
  return !hasOwnReference(experiment) && !hasNoReference(experiment);
}

export interface WrittenBeta {
  readonly value: number;
  readonly range: Range;
  readonly at: 'objective.beta' | 'sweep.beta';
}

/** The betas that will be trained: the sweep's, else the objective's. */
export function trainedBetas(experiment: Experiment): WrittenBeta[] {
  const sweep = experiment.get('sweep.beta');
  if (sweep.given && sweep.value) {
    return sweep.value.map((value, index) => ({
      value,
      range: sweep.itemRanges[index] ?? sweep.range,
      at: 'sweep.beta',
    }));
  }
  const { value, range } = experiment.get('objective.beta');
  return [{ value, range, at: 'objective.beta' }];
}
