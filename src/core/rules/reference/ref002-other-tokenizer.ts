import { hasForeignReference, readsColumns } from '../../config/questions';
import type { ModelShape } from '../../facts';
import type { Rule } from '../../rule';

export const REF002: Rule = {
  code: 'REF002',
  title: 'The reference has another tokenizer than the policy',
  severity: 'error',
  when: "The trainer feeds the policy's token ids to the reference, and the two models' vocabularies or special tokens differ.",
  why: 'The same ids mean other words to the reference, so its log-probabilities are noise. With a smaller vocabulary training stops with an index error; with a larger one nothing tells.',
  todo: 'Choose a reference with the same tokenizer, or compute the log-probabilities beforehand with the own one of the reference, as DPO Lab does.',
  evidence: [
    'Verified with TRL 1.13: a reference with a larger, unrelated vocabulary trains without a word, from a first loss of 0.766; a smaller one ends in an IndexError.',
    'trl #2307: bad results with another model as reference.',
  ],
  *check(experiment, facts) {
    const { policy, reference } = facts;
    if (experiment.trainer.foreignTokenizer || !hasForeignReference(experiment)) return;
    if (readsColumns(experiment) || !policy || !reference) return;
    if (policy.found === 'no' || reference.found === 'no') return;
    const differences = differencesOf(policy, reference);
    if (differences.length === 0) return;
    yield {
      at: 'reference.policy',
      message: `This reference has another tokenizer than the policy (${differences.join('; ')}), and ${experiment.trainer.name} would give it the policy's token ids. Its log-probabilities would be noise.`,
    };
  },
};

function differencesOf(policy: ModelShape, reference: ModelShape): string[] {
  const fields = [
    ['vocabulary', policy.vocabularySize, reference.vocabularySize],
    ['end token', policy.eosToken, reference.eosToken],
    ['begin token', policy.bosToken, reference.bosToken],
  ] as const;
  return fields.flatMap(([name, ours, theirs]) =>
    ours !== undefined && theirs !== undefined && ours !== theirs
      ? [`${name} ${theirs} instead of ${ours}`]
      : [],
  );
}
