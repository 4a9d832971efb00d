import type { Rule } from '../../rule';
import { isOn, trlKeys } from '../own-keys';

export const REF007: Rule = {
  code: 'REF007',
  title: 'Each beta computes the reference again',
  severity: 'info',
  when: 'Beta is filled in from outside, so that a script tries several, and `precompute_ref_log_probs` is on for TRL.',
  why: 'Reference log-probabilities do not depend on beta. TRL stores them under a hash that changes with any argument, so each point of the sweep scores the whole data again.',
  todo: 'Sweep with a runner that computes the reference once, or accept the cost: one pass over the data for each beta.',
  evidence: [
    'Measured with TRL 1.13: changing beta or output_dir alone discards the stored log-probabilities.',
    'huggingface/trl #3985: users ask to keep them between experiments.',
  ],
  *check(experiment) {
    const own = trlKeys(experiment);
    const beta = experiment.get('objective.beta');
    if (!own || !beta.open || !isOn(own, 'precompute_ref_log_probs')) return;
    yield {
      at: 'objective.beta',
      key: 'precompute_ref_log_probs',
      message: `${beta.key} comes from outside, and for each value of it TRL computes all reference log-probabilities again, though they are the same for every beta.`,
    };
  },
};
