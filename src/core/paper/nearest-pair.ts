import type { Experiment } from '../config/experiment';
import { modelFamily } from '../config/model-names';
import type { Facts, ModelFacts } from '../facts';
import { type BetaSweep, STRONGER_REFERENCE_SWEEPS } from './paper';

/** The paper's pair of models that is most like an experiment's policy with its reference. */
export function nearestPair(experiment: Experiment, facts: Facts): BetaSweep {
  return nearestPairOf(
    familyOf(experiment.get('model.path').value, familyOfFacts(facts.policy)),
    familyOf(experiment.get('reference.policy').value, familyOfFacts(facts.reference)),
  );
}

/** First by whether both models come from one family, then by shared families. Undefined: a family that is not known. */
export function nearestPairOf(policy: string | undefined, reference: string | undefined): BetaSweep {
  const sameFamily = policy !== undefined && policy === reference;
  const likeness = (pair: BetaSweep): number =>
    (pair.sameFamily === sameFamily ? 4 : 0) +
    (modelFamily(pair.policy) === policy ? 2 : 0) +
    (modelFamily(pair.reference) === reference ? 1 : 0);
  return STRONGER_REFERENCE_SWEEPS.reduce((best, pair) => (likeness(pair) > likeness(best) ? pair : best));
}

/**
 * The family by a model's name, else its architecture, `model_type` of config.json. That is the weaker sign: many models
 * of other pre-training call themselves llama.
 */
export function familyOf(name: string | undefined, architecture: string | undefined): string | undefined {
  return (name === undefined ? undefined : modelFamily(name)) ?? architecture;
}

function familyOfFacts(facts: ModelFacts | undefined): string | undefined {
  return facts && facts.found !== 'no' ? facts.family : undefined;
}
