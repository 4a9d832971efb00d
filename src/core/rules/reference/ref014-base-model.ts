import { looksLikeBaseModel } from '../../config/model-names';
import type { Rule } from '../../rule';

export const REF014: Rule = {
  code: 'REF014',
  title: 'The policy looks like a base model',
  severity: 'warning',
  when: 'The name of the starting policy is that of a pre-trained model, no adapter comes with it, and no chat template was found with it. Silent with an SFT term.',
  why: 'DPO shifts probability between responses that the policy already gives. A model that was never fine-tuned on instructions gives neither of the pair, so both become less likely and texts degenerate easily.',
  todo: 'Start from a model that was fine-tuned on instructions (SFT), best on the prompts and chosen responses of the same data. Else take a higher beta, a lower learning rate and an SFT term (`objective.sft_weight`).',
  evidence: [
    'trl #2382: a base model collapses; the advice was a higher beta, a lower learning rate and an SFT term.',
    'hiyouga/LLaMA-Factory #1347 and #7734: repeated text after DPO, helped by an SFT term or LoRA.',
    'Both policies of the paper were fine-tuned on instructions before.',
  ],
  *check(experiment, { policy }) {
    const model = experiment.get('model.path');
    if (model.value === undefined || !looksLikeBaseModel(model.value)) return;
    if (experiment.get('model.adapter').given || experiment.get('objective.sft_weight').value > 0) return;
    const known = policy !== undefined && policy.found !== 'no';
    if (known && policy.hasChatTemplate) return;
    const sign = known ? 'its name says so, and it has no chat template' : 'by its name';
    yield {
      at: 'model.path',
      message: `${model.value} looks like a base model (${sign}). DPO needs a policy that already gives such responses: fine-tune it on instructions first, or start from its instruct variant.`,
    };
  },
};
