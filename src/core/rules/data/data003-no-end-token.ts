import type { Rule } from '../../rule';
import { percent } from '../../words/counts';
import { NOTABLE_SHARE, tokenFacts } from './samples';

export const DATA003: Rule = {
  code: 'DATA003',
  title: 'Responses do not end in the end-of-sequence token',
  severity: 'warning',
  when: `More than ${percent(NOTABLE_SHARE)} of the sampled responses do not end in it after the chat template.`,
  why: 'The token is then never part of what is trained, and nothing holds its probability: the policy forgets how to stop, soonest at a low beta.',
  todo: 'Use a template that ends the assistant turn with the end-of-sequence token, or set the tokenizer to the token that the template does write.',
  evidence: [
    'trl #1239 and #1025: a model trained with DPO never stops, or answers several times in one text.',
    'Paper: the end-of-sequence token is the one that a weak constraint pushes down hardest.',
    'Source of TRL 1.13, DPOTrainer: it adds the token to plain text only, not to messages.',
  ],
  *check(experiment, { train }) {
    const tokens = tokenFacts(train);
    if (!tokens || experiment.get('data.chat_template').malformed) return;
    const responses = 2 * tokens.pairs;
    const share = tokens.withoutEos / responses;
    if (share <= NOTABLE_SHARE) return;
    yield {
      at: 'data.chat_template',
      message: `${tokens.withoutEos} of ${responses} sampled responses (${percent(share)}) do not end in the end-of-sequence token after the chat template, so the policy would not learn to stop.`,
    };
  },
};
