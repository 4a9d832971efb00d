import type { Rule } from '../../rule';
import { percent } from '../../words/counts';
import { NOTABLE_SHARE, tokenFacts } from './samples';

export const DATA001: Rule = {
  code: 'DATA001',
  title: 'Pairs are longer than the length limit',
  severity: 'warning',
  when: `More than ${percent(NOTABLE_SHARE)} of the sampled pairs exceed \`data.max_length\`, or as many prompts fill it alone.`,
  why: 'A cut response has lost its end-of-sequence token, so the policy learns texts that do not end. Where the prompt fills the limit no response is left: the pair trains nothing and its loss stays at ln 2.',
  todo: 'Raise `data.max_length`; memory grows with it. Or filter the long pairs out of the data.',
  evidence: [
    'trl #3398: with truncation from the start, responses were cut away as a whole.',
    'Yifan-Song793/ETO #14: loss 0.6931 and log-probabilities 0, because prompts filled the limit.',
  ],
  *check(experiment, { train }) {
    const tokens = tokenFacts(train);
    const limit = experiment.get('data.max_length');
    // The counts may be older than the limit in the text.
    if (!tokens || limit.malformed || tokens.longestPair <= limit.value) return;
    const { pairs, overLength, promptFills, longestPair } = tokens;
    const [long, full] = [overLength / pairs, promptFills / pairs];
    if (long <= NOTABLE_SHARE && full <= NOTABLE_SHARE) return;
    const enough = 2 ** Math.ceil(Math.log2(longestPair));
    const filled = promptFills > 0 ? ` In ${promptFills} of them the prompt alone fills it.` : '';
    yield {
      at: 'data.max_length',
      message: `${overLength} of ${pairs} sampled pairs (${percent(long)}) are longer than ${limit.key} ${limit.value}; the longest has ${longestPair} tokens.${filled} A cut response loses its end-of-sequence token.`,
      fixes: [{ title: `Change to ${enough}`, edits: experiment.set('data.max_length', enough) }],
    };
  },
};
