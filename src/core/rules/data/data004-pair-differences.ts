import type { ReadData } from '../../facts';
import type { Finding, Rule } from '../../rule';
import { count, percent } from '../../words/counts';
import { readData } from './samples';

const LONGER = 1.3;
const SHORTER = 0.77;
const IDENTICAL_SHARE = 0.01;

export const DATA004: Rule = {
  code: 'DATA004',
  title: 'Chosen and rejected differ in the wrong way',
  severity: 'warning',
  when: `Sampled chosen responses are on average ${LONGER} times as long as rejected ones or more, or ${SHORTER} times or less; more than ${percent(IDENTICAL_SHARE)} of the pairs are identical; or a response is empty (an error where that is so in all of the pairs).`,
  why: 'DPO learns whatever separates the two sides. Where that is mostly length, it learns length. Identical pairs have a loss of ln 2 whatever the policy does, and an empty response gives nothing to compare.',
  todo: 'Look at the pairs, filter them, or balance their lengths. With longer chosen responses, averaged log-probabilities (`objective.length_normalized`) help.',
  evidence: [
    'eric-mitchell/direct-preference-optimization #35: answers grow until they repeat; the first question was for the lengths of chosen and rejected.',
    'princeton-nlp/SimPO #20: length as what DPO exploits.',
  ],
  *check(experiment, { train }) {
    const data = readData(train);
    if (!data || data.sampled === 0) return;
    yield* emptyResponses(data);
    yield* identicalPairs(data);
    yield* lengthRatio(data, experiment.get('objective.length_normalized').value);
  },
};

const at = 'data.train.path';

function* emptyResponses({ emptyResponses: empty, firstEmptyRow, sampled }: ReadData): Iterable<Finding> {
  if (empty === 0) return;
  const first = firstEmptyRow === undefined ? '' : `, the first in row ${firstEmptyRow}`;
  const message = `${empty} of ${count(sampled, 'sampled pair')} ${empty === 1 ? 'has' : 'have'} an empty response${first}. Remove such rows: there is nothing to compare, and training leaves them out.`;
  yield { at, severity: empty === sampled ? 'error' : 'warning', message };
}

function* identicalPairs({ identicalPairs: identical, sampled }: ReadData): Iterable<Finding> {
  if (identical / sampled <= IDENTICAL_SHARE) return;
  const message = `${identical} of ${count(sampled, 'sampled pair')} (${percent(identical / sampled)}) have the same text as chosen and rejected. They train nothing, and the loss cannot fall below ln 2 on them.`;
  yield { at, message };
}

function* lengthRatio(data: ReadData, normalized: boolean): Iterable<Finding> {
  const { meanChosenLength: chosen, meanRejectedLength: rejected } = data;
  if (chosen === 0 || rejected === 0) return;
  const ratio = chosen / rejected;
  const lengths = `on average ${Math.round(chosen)} characters against ${Math.round(rejected)}`;
  if (ratio > LONGER && !normalized) {
    const message = `Chosen responses are ${ratio.toFixed(1)} times as long as rejected ones (${lengths}). DPO may learn to write longer instead of better; watch the length of generated texts.`;
    yield { at, message };
  } else if (ratio < SHORTER) {
    const message = `Chosen responses are only ${ratio.toFixed(2)} times as long as rejected ones (${lengths}). DPO may learn to write less; are the columns the right way round?`;
    yield { at, message };
  }
}
