import type { Rule } from '../../rule';
import { isOn, isRewritten, trlKeys } from '../own-keys';

/** Settings that score the reference in another way, or not before training. */
const CLASHES = {
  use_liger_kernel: 'the fused loss computes the reference itself',
  dataset_streaming: 'a stream cannot be scored before training',
};

export const REF009: Rule = {
  code: 'REF009',
  title: 'The reference cannot be computed before training like this',
  severity: 'error',
  when: '`precompute_ref_log_probs` beside `use_liger_kernel` or `dataset_streaming` for TRL; also, as a warning, `padding_free: true` with TRL 0.29 or newer, which has no effect.',
  why: 'TRL stops at the start, after the model was loaded. `padding_free` only gives a warning and saves no memory.',
  todo: 'Remove one of both.',
  evidence: [
    'Source of TRL 1.13, DPOTrainer: each combination raises a ValueError; padding_free falls back to padding.',
  ],
  *check(experiment) {
    const own = trlKeys(experiment);
    if (!own || !isRewritten(own) || !isOn(own, 'precompute_ref_log_probs')) return;
    for (const [key, reason] of Object.entries(CLASHES)) {
      if (!isOn(own, key)) continue;
      yield {
        at: 'reference.policy',
        key: 'precompute_ref_log_probs',
        message: `TRL stops at the start with precompute_ref_log_probs and ${key}: ${reason}.`,
        fixes: [
          { title: 'Remove precompute_ref_log_probs', edits: own.entries.remove('precompute_ref_log_probs') },
          { title: `Remove ${key}`, edits: own.entries.remove(key) },
        ],
      };
    }
  },
};
