import type { Rule } from '../../rule';
import { readData } from './samples';

export const DATA002: Rule = {
  code: 'DATA002',
  title: 'Messages, but no chat template',
  severity: 'warning',
  when: 'The data holds messages, `data.chat_template` is auto, and the policy comes without a template.',
  why: 'Messages become text through a template. It must be the one that the policy was fine-tuned with: with another one, or none, the policy sees a format it never learnt and does not know where a turn ends.',
  todo: 'Name the Jinja file of the template under `data.chat_template`, or start from a model that brings one.',
  evidence: [
    'hiyouga/LLaMA-Factory #5484: wrong template, bad results after DPO.',
    'trl #1239: several answers in one text, from a template that does not end turns.',
  ],
  *check(experiment, { policy, train }) {
    const template = experiment.get('data.chat_template');
    if (template.value !== 'auto' || template.malformed) return;
    if (!policy || policy.found === 'no' || policy.hasChatTemplate) return;
    if (readData(train)?.format !== 'messages') return;
    yield {
      at: 'data.chat_template',
      message: `The data holds messages, but the policy has no chat template to turn them into text. Name the Jinja file it was fine-tuned with under ${template.key}.`,
      fixes: [
        {
          title: 'Join the messages as they are',
          edits: experiment.set('data.chat_template', 'none'),
        },
      ],
    };
  },
};
