import type { Range } from '../words/text';
import type { Experiment } from './experiment';
import { isSameModel } from './model-names';

/** Questions that several rules ask of an experiment. */

/** Standard DPO: the starting policy, with its adapter, is its own reference. */
export function hasOwnReference(experiment: Experiment): boolean {
  const reference = experiment.get('reference.policy');
  if (reference.malformed || referenceUnknown(experiment)) return false;
  return reference.value === 'same' || (namesThePolicy(experiment) && isSameVariant(experiment));
}

export function hasNoReference(experiment: Experiment): boolean {
  return experiment.get('reference.policy').value === 'none';
}

/** Another model serves as the reference. */
export function hasForeignReference(experiment: Experiment): boolean {
  const { value } = experiment.get('reference.policy');
  return value !== 'same' && value !== 'none' && !namesThePolicy(experiment);
}

/** The reference is written as the same model as the policy, if perhaps without its adapter. */
export function namesThePolicy(experiment: Experiment): boolean {
  const { value } = experiment.get('reference.policy');
  const policy = experiment.get('model.path').value;
  return value !== 'same' && value !== 'none' && policy !== undefined && isSameModel(value, policy);
}

/** With columns, whose log-probabilities they are is known only where `reference.policy` says so. */
function referenceUnknown(experiment: Experiment): boolean {
  return readsColumns(experiment) && !experiment.get('reference.policy').given;
}

export function readsColumns(experiment: Experiment): boolean {
  return experiment.get('reference.logprobs').value === 'columns';
}

function isSameVariant(experiment: Experiment): boolean {
  const revision = (path: 'model.revision' | 'reference.revision'): string =>
    experiment.get(path).value ?? 'main';
  return (
    revision('model.revision') === revision('reference.revision') &&
    experiment.get('model.adapter').value === experiment.get('reference.adapter').value
  );
}

/** A `sweep.beta` is written, well or badly: `objective.beta` is not what will be trained. */
export function hasBetaSweep(experiment: Experiment): boolean {
  const { given, malformed } = experiment.get('sweep.beta');
  return given || malformed;
}

export interface WrittenBeta {
  readonly value: number;
  readonly range: Range;
  readonly at: 'objective.beta' | 'sweep.beta';
}

/** The betas that will be trained: the sweep's, else the objective's. None where they are not written well. */
export function trainedBetas(experiment: Experiment): WrittenBeta[] {
  if (hasBetaSweep(experiment)) {
    const sweep = experiment.get('sweep.beta');
    return (sweep.value ?? []).map((value, index) => ({
      value,
      range: sweep.itemRanges[index] ?? sweep.range,
      at: 'sweep.beta',
    }));
  }
  const { value, range, malformed } = experiment.get('objective.beta');
  return malformed ? [] : [{ value, range, at: 'objective.beta' }];
}

/**
 * Beta scales the sum of log-ratios over a response, as in the paper's tables: neither averaged, nor a regression
 * target (ipo, sppo_hard), nor against a reference that scores without the prompt.
 */
export function betaScalesSums(experiment: Experiment): boolean {
  const loss = experiment.get('objective.loss');
  return (
    !loss.malformed &&
    loss.value !== 'ipo' &&
    loss.value !== 'sppo_hard' &&
    !experiment.get('objective.length_normalized').value &&
    experiment.get('reference.score').value === 'conditional'
  );
}

/** The reference of a config of ours in a few words, for a lens. */
export function referenceInShort(experiment: Experiment): string {
  if (hasNoReference(experiment)) return 'none';
  const from =
    experiment.get('reference.logprobs').value === 'columns' ? ' (log-probabilities from the data)' : '';
  const prior = experiment.get('reference.score').value === 'prior' ? ', scored without the prompt' : '';
  if (hasForeignReference(experiment)) return `${experiment.get('reference.policy').value}${prior}${from}`;
  return `frozen copy of the starting policy${prior}${from}`;
}

/** A placeholder of a shell, Hydra or a template engine. In YAML, `{{ x }}` reads as a map within a map. */
export function isVariable(written: unknown): boolean {
  if (typeof written === 'string') return /^\$|^\?\?\?$|^\{\{|^<\w+>$/.test(written.trim());
  const [key, ...others] = written !== null && typeof written === 'object' ? Object.keys(written) : [];
  return others.length === 0 && key !== undefined && key.startsWith('{') && !Array.isArray(written);
}
