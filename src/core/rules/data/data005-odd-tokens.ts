import type { Rule } from '../../rule';
import { percent } from '../../words/counts';
import { NOTABLE_SHARE, tokenFacts } from './samples';

export const DATA005: Rule = {
  code: 'DATA005',
  title: 'Special tokens or prompts are tokenized oddly',
  severity: 'warning',
  when: `More than ${percent(NOTABLE_SHARE)} of the sampled responses hold a begin- or end-of-sequence token inside their text, or the prompt's tokens of as many pairs do not begin the tokens of prompt and response together.`,
  why: 'A second end token teaches the policy to go on after the first. Where the prompt is tokenized otherwise with a response behind it, the first tokens of the response are scored as prompt, or the other way round.',
  todo: 'Remove literal special tokens from the data: the tokenizer and the template add them. Let the prompt end where the template ends a turn, not within a word or in a space.',
  evidence: [
    'trl #4481 and axolotl #1616: a second end token, and begin tokens inside responses.',
    'TRL warns about the same mismatch and trains on.',
  ],
  *check(_experiment, { train }) {
    const tokens = tokenFacts(train);
    if (!tokens) return;
    const { pairs, withInnerSpecial, prefixMismatch } = tokens;
    const special = withInnerSpecial / (2 * pairs);
    if (special > NOTABLE_SHARE) {
      yield {
        at: 'data.train.path',
        message: `${withInnerSpecial} of ${2 * pairs} sampled responses (${percent(special)}) hold a begin- or end-of-sequence token inside their text. The policy would learn to write on after an end: remove them from the data.`,
      };
    }
    const mismatch = prefixMismatch / pairs;
    if (mismatch > NOTABLE_SHARE) {
      yield {
        at: 'data.chat_template',
        message: `In ${prefixMismatch} of ${pairs} sampled pairs (${percent(mismatch)}) the prompt has other tokens alone than with its response behind it, so the border between both is scored wrongly. Does the prompt end in a space or within a word?`,
      };
    }
  },
};
