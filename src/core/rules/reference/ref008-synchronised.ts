import { toNumber } from '../../config/dialects/values';
import type { Rule } from '../../rule';
import { isOn, trlKeys } from '../own-keys';

export const REF008: Rule = {
  code: 'REF008',
  title: 'The moving reference does not work like this',
  severity: 'error',
  when: '`sync_ref_model` is on for TRL beside an adapter or `precompute_ref_log_probs`; or the reference is replaced by the policy at each step (warning).',
  why: 'TRL refuses to start with the first two. With `ref_model_sync_steps: 1` and `ref_model_mixup_alpha: 1` the reference is the policy itself: the loss stays at ln 2 and nothing is learned.',
  todo: 'Turn `sync_ref_model` off, or train all weights without precomputing; keep several steps between updates.',
  evidence: [
    'Source of TRL 1.13, DPOTrainer: both combinations raise a ValueError.',
    'huggingface/trl #1843: margins stayed at 0 with a reference that was synchronised at each step.',
  ],
  *check(experiment) {
    const own = trlKeys(experiment);
    if (!own || !isOn(own, 'sync_ref_model')) return;
    const { entries, file } = own;
    const clash = ['use_peft', 'precompute_ref_log_probs'].find((key) => isOn(own, key));
    if (clash) {
      yield {
        at: 'reference.policy',
        key: 'sync_ref_model',
        message: `TRL cannot move the reference towards the policy with ${clash}: it stops at the start.`,
        fixes: [{ title: 'Remove sync_ref_model', edits: entries.remove('sync_ref_model') }],
      };
    } else if (
      toNumber(file.value('ref_model_sync_steps')) === 1 &&
      toNumber(file.value('ref_model_mixup_alpha')) === 1
    ) {
      yield {
        at: 'reference.policy',
        key: 'ref_model_sync_steps',
        severity: 'warning',
        message:
          'The reference becomes the policy at each step, so the loss stays at ln 2 and nothing is learned.',
        fixes: [{ title: 'Change to 512', edits: entries.set('ref_model_sync_steps', 512) }],
      };
    }
  },
};
