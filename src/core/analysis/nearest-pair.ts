import type { Experiment } from '../config/experiment';
import type { Facts, ModelFacts } from '../facts';
import { type BetaSweep, STRONGER_REFERENCE_SWEEPS } from '../paper';
import { modelFamily } from './model-names';

/**
 * The paper's pair of models that is most like this policy with this reference: first by whether both come from
 * one family, then by shared families.
 */
export function nearestPair(experiment: Experiment, facts: Facts): BetaSweep {
  const policy = familyOf(experiment.get('model.path').value, facts.policy);
  const reference = familyOf(experiment.get('reference.policy').value, facts.reference);
  const sameFamily = policy !== undefined && policy === reference;
  const likeness = (pair: BetaSweep): number =>
    (pair.sameFamily === sameFamily ? 4 : 0) +
    (modelFamily(pair.policy) === policy ? 2 : 0) +
    (modelFamily(pair.reference) === reference ? 1 : 0);
  return STRONGER_REFERENCE_SWEEPS.reduce((best, pair) => (likeness(pair) > likeness(best) ? pair : best));
}

/** The architecture in config.json is the weaker sign: many models of other pre-training call themselves llama. */
function familyOf(name: string | undefined, facts: ModelFacts | undefined): string | undefined {
  const byName = name === undefined ? undefined : modelFamily(name);
  return byName ?? (facts && facts.found !== 'no' ? facts.family : undefined);
}
