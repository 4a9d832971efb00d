import { hasOwnReference, namesThePolicy, readsColumns } from '../../config/questions';
import type { Rule } from '../../rule';

export const REF012: Rule = {
  code: 'REF012',
  title: 'The reference is written out, but it is the policy itself',
  severity: 'warning',
  when: 'The reference is the same model, revision and adapter as the starting policy. With full fine-tuning this is only a remark.',
  why: 'That is the default. Written out, it says so twice, and the two lines drift apart when the model is changed. With LoRA it also asks for a second copy in memory, where switching the adapter off would do.',
  todo: 'Remove `reference.policy`.',
  evidence: [
    'ms-swift refuses a reference model together with LoRA for this reason.',
    'Source of TRL 1.13, DPOTrainer: with LoRA the base weights with the adapter switched off are the reference.',
  ],
  *check(experiment) {
    if (!namesThePolicy(experiment) || !hasOwnReference(experiment) || readsColumns(experiment)) return;
    const { key } = experiment.get('reference.policy');
    const lora = experiment.get('training.method').value === 'lora';
    const cost = lora
      ? 'With LoRA it would be loaded a second time, although the base weights without the adapter are the reference.'
      : 'The default says the same and follows when the model changes.';
    yield {
      at: 'reference.policy',
      severity: lora ? 'warning' : 'info',
      message: `${key} is the starting policy itself. ${cost}`,
      fixes: [{ title: `Remove ${key}`, edits: experiment.remove('reference.policy') }],
    };
  },
};
