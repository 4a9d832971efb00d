import { namesThePolicy, readsColumns } from '../../config/questions';
import type { Rule } from '../../rule';

export const REF001: Rule = {
  code: 'REF001',
  title: "The policy's adapter is missing from the reference",
  severity: 'warning',
  when: 'The policy starts with an adapter, and the reference is written as the same model without one.',
  why: 'The reference is then the bare base model and not the fine-tuned model that training starts from. Rewards are not 0 at the first step, and the policy is pulled back to before its fine-tuning.',
  todo: 'Remove `reference.policy` (the default `same` includes the adapter), or name the adapter under `reference.adapter`.',
  evidence: [
    'hiyouga/LLaMA-Factory #8459: with an adapter to continue and no reference named, the reference was silently the base model.',
    'hiyouga/LLaMA-Factory #8974: the same, seen as loss 0.0 and accuracy 1.0 in the first log.',
  ],
  *check(experiment) {
    const adapter = experiment.get('model.adapter');
    const reference = experiment.get('reference.policy');
    if (!adapter.value || !namesThePolicy(experiment) || readsColumns(experiment)) return;
    const own = experiment.get('reference.adapter');
    if (own.given || own.malformed) return;
    yield {
      at: 'reference.policy',
      message: `The policy starts with the adapter ${adapter.value}, but this reference is the bare ${reference.value} without it. The first loss will not be ln 2, and the policy is pulled away from its starting point.`,
      fixes: [
        {
          title: `Remove ${reference.key}: the start is the reference`,
          edits: experiment.remove('reference.policy'),
        },
        {
          title: 'Use the adapter in the reference, too',
          edits: experiment.set('reference.adapter', adapter.value),
        },
      ],
    };
  },
};
