import { describe, expect, it } from 'vitest';
import { type ComparedPair, type Comparison, compareModels } from '../../src/core/reference/compatibility';
import { judgeCompatibility } from '../../src/core/reference/compatibility-verdict';
import { rankCorrelation } from '../../src/core/reference/rank-correlation';
import { summarizeReference } from '../../src/core/reference/reference-summary';

/** A pair with the given margins, in nats; both rejected responses have 10 tokens and -20 nats, the chosen ones 5 tokens. */
function pair(policy: number, reference: number): ComparedPair {
  const sides = (margin: number): ComparedPair['policy'] => ({
    chosen: { logp: -20 + margin, tokens: 5 },
    rejected: { logp: -20, tokens: 10 },
  });
  return { policy: sides(policy), reference: sides(reference) };
}

const SAME_FAMILY = {
  policy: { name: 'mistral-7b-sft', family: 'mistral' },
  reference: { name: 'Mistral-7B-Instruct-v0.2', family: 'mistral' },
};

function comparison(pairs: readonly ComparedPair[], rest: Partial<Comparison> = {}): Comparison {
  return { pairs, ...SAME_FAMILY, betas: [1], byToken: false, ...rest };
}

describe('rank correlation', () => {
  it.each([
    ['the same order', [1, 2, 3], [10, 20, 1000], 1],
    ['the opposite order', [1, 2, 3], [3, 2, 1], -1],
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 - 6 * 4 / (5 * 24).
    ['two swaps among five', [1, 2, 3, 4, 5], [20, 10, 40, 30, 50], 0.8],
    // Ranks 1, 2.5, 2.5, 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5).
    ['a tie', [1, 2, 2, 3], [1, 2, 3, 4], 4.5 / Math.sqrt(22.5)],
    ['the same ties', [7, 7, 1], [0, 0, -3], 1],
  ])('of %s', (_, a, b, expected) => {
    expect(rankCorrelation(a, b)).toBeCloseTo(expected, 12);
  });

  it('does not exist where a list has one value', () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeUndefined();
    expect(rankCorrelation([1], [2])).toBeUndefined();
    expect(rankCorrelation([], [])).toBeUndefined();
  });
});

describe('comparing two models', () => {
  // Differences policy - reference: -1, 6, -20, 4.
  const pairs = [pair(1, 2), pair(4, -2), pair(-2, 18), pair(4, 0)];

  it('has the figures that can be worked out by hand', () => {
    const found = compareModels(comparison(pairs, { betas: [1, 0.5, 5, 0.2], tokenizerOverlap: 0.95 }));
    expect(found.pairs).toBe(4);
    expect(found.policy.rankedAsLabelled).toBe(3 / 4);
    expect(found.reference.rankedAsLabelled).toBe((1 + 0 + 1 + 0.5) / 4);
    // Eight responses of 20 nats less, plus the margins, over 60 tokens.
    expect(found.policy.logpPerToken).toBeCloseTo((-160 + 7) / 60, 12);
    expect(found.reference.logpPerToken).toBeCloseTo((-160 + 18) / 60, 12);
    expect(found.baselineMargin).toBe((-1 + 6 - 20 + 4) / 4);
    // Ranks 2, 3.5, 1, 3.5 against 3, 1, 4, 2: from their means -0.5, 1, -1.5, 1 against 0.5, -1.5, 1.5, -0.5.
    expect(found.rankCorrelation).toBeCloseTo(-4.5 / Math.sqrt(4.5 * 5), 12);
    expect(found.saturation).toEqual([
      { beta: 1, share: 2 / 4, won: 1 / 4 },
      { beta: 0.5, share: 1 / 4, won: 0 },
      { beta: 5, share: 3 / 4, won: 2 / 4 },
      { beta: 0.2, share: 0, won: 0 },
    ]);
    expect(found.largestUnsaturatedBeta).toBe(5 / 4);
    expect(found.sameFamily).toBe(true);
    expect(found.nearest).toMatchObject({
      policy: 'mistral-7b-sft',
      reference: 'Mistral-7B-Instruct-v0.2',
    });
  });

  it('takes means over tokens where the objective does', () => {
    // -16 / 5 + 20 / 10 = -1.2 for the policy, -22 / 5 + 2 = -2.4 for the reference.
    const found = compareModels(comparison([pair(4, -2)], { byToken: true, betas: [4, 5] }));
    expect(found.policy.rankedAsLabelled).toBe(0);
    expect(found.baselineMargin).toBeCloseTo(1.2, 12);
    expect(found.saturation.map(({ share }) => share)).toEqual([0, 1]);
  });

  it('correlates margins per token, where lengths say nothing', () => {
    const lengths = [3, 9, 27, 81];
    // Sums follow the length, means are -1, -2, -3, -4 against -4, -3, -2, -1 nats a token.
    const unlike = lengths.map((tokens, index): ComparedPair => {
      const rejected = { logp: -1, tokens: 1 };
      return {
        policy: { chosen: { logp: -(index + 1) * tokens, tokens }, rejected },
        reference: { chosen: { logp: -(4 - index) * tokens, tokens }, rejected },
      };
    });
    const found = compareModels(comparison(unlike));
    expect(found.rankCorrelation).toBeCloseTo(1, 12);
    expect(found.rankCorrelationPerToken).toBeCloseTo(-1, 12);
  });

  it('finds no saturation and no correlation where policy and reference are the same and constant', () => {
    const found = compareModels(comparison([pair(1, 1), pair(1, 1)]));
    expect(found.baselineMargin).toBe(0);
    expect(found.saturation).toEqual([{ beta: 1, share: 0, won: 0 }]);
    expect(found).not.toHaveProperty('largestUnsaturatedBeta');
    expect(found).not.toHaveProperty('rankCorrelation');
  });

  it('takes models of one architecture with other tokens for two families', () => {
    const llama = { name: './a', family: 'llama' };
    const models = { policy: llama, reference: { ...llama, name: './b' } };
    expect(compareModels(comparison(pairs, { ...models, tokenizerOverlap: 0.3 })).sameFamily).toBe(false);
    expect(compareModels(comparison(pairs, { ...models, tokenizerOverlap: 0.97 })).sameFamily).toBe(true);
    expect(compareModels(comparison(pairs, models)).sameFamily).toBe(true);
  });
});

describe('the verdict', () => {
  const agreeing = Array.from({ length: 40 }, (_, index) => pair(index - 10, 2 * index - 10));
  const verdictOn = (pairs: readonly ComparedPair[], rest: Partial<Comparison> = {}) =>
    judgeCompatibility(compareModels(comparison(pairs, rest)));

  it('is compatible for one family whose margins agree, with the best beta of the nearest pair', () => {
    const { verdict, reasons, advice } = verdictOn(agreeing, { betas: [0.1] });
    expect(verdict).toBe('compatible');
    expect(reasons).toEqual([
      'Both are of one family (mistral), their margins per token agree (rank correlation 1.00), and the reference ranks 86 % of the pairs as labelled, the policy 74 %.',
    ]);
    expect(advice).toEqual([
      "Sweep beta over 0.01, 0.1, 1, 10. In the paper's nearest pair, mistral-7b-sft with Mistral-7B-Instruct-v0.2, the best beta was 1 (win rate 20.25 %, against 16.25 % at 0.01 with itself as reference).",
    ]);
  });

  it('is doubtful for another family, and says that small betas degenerate earlier', () => {
    const { verdict, reasons, advice } = verdictOn(agreeing, {
      policy: { name: 'tulu-2-7b', family: 'llama-2' },
    });
    expect(verdict).toBe('doubtful');
    expect(reasons).toEqual([
      'It is of another family (mistral, the policy is llama-2); in the paper, references of another family did worse than the policy as its own reference in 2 of 3 pairs.',
    ]);
    expect(advice.join(' ')).toContain('Train the same file with reference.policy: same beside it');
    expect(advice.join(' ')).toContain('tulu-2-7b with Mistral-7B-Instruct-v0.2, the best beta was 1');
    expect(advice.join(' ')).toContain('small ones degenerate earlier');
  });

  it('is incompatible where the margins are unrelated, whatever the family', () => {
    const unrelated = agreeing.map((_, index) => pair(index, (index * 17) % 40));
    const { verdict, reasons, advice } = verdictOn(unrelated);
    expect(verdict).toBe('incompatible');
    expect(reasons[0]).toMatch(
      /^Its margins per token have nothing to do with the policy's \(rank correlation/,
    );
    expect(advice[0]).toBe("Use reference.policy: same, or a stronger model of the policy's own family.");
  });

  it('adds doubts: another family that ranks worse than the policy', () => {
    const worse = agreeing.map((_, index) => pair(index - 10, index - 30));
    const { verdict, reasons } = verdictOn(worse, {
      reference: { name: './teacher', family: undefined },
    });
    expect(verdict).toBe('incompatible');
    expect(reasons).toEqual([
      expect.stringContaining('Whether both are of one family cannot be told for ./teacher'),
      'It ranks fewer pairs as labelled (24 %) than the policy does itself (74 %): on these pairs it is no stronger.',
    ]);
  });

  it('says when the pairs are few, and when they start saturated', () => {
    const { reasons, advice } = verdictOn([pair(1, 0), pair(2, 10), pair(3, 20)], { betas: [0.1, 1] });
    expect(reasons.at(-1)).toBe('These are only 3 pairs, so the figures are rough.');
    expect(advice.at(-1)).toBe(
      'At beta 1 more than half of the pairs start saturated, with a reward margin beyond 5 (at 1: 67 %, and 0 % count as won before the first step, so they hardly train). Up to 0.62 at most half do.',
    );
  });
});

describe('the summary of a table', () => {
  const response = (logp: number, tokens: number, endLogp: number, ended?: boolean) => ({
    logp,
    tokens,
    endLogp,
    ...(ended !== undefined && { ended }),
  });

  it('has the figures of both sides', () => {
    expect(
      summarizeReference([
        { chosen: response(-6, 3, -0.5, true), rejected: response(-8, 4, -1, true) },
        { chosen: response(-9, 7, -1.5, false), rejected: response(-9, 2, -2, true) },
      ]),
    ).toEqual({
      pairs: 2,
      rankedAsLabelled: 0.75,
      chosen: { logpPerToken: -1.5, endLogp: -1, withoutEnd: 0.5, longest: 7 },
      rejected: { logpPerToken: -17 / 6, endLogp: -1.5, withoutEnd: 0, longest: 4 },
    });
  });

  it('leaves out what is not known', () => {
    const unknown = response(-2, 2, Number.NaN);
    expect(summarizeReference([{ chosen: unknown, rejected: unknown }])).toEqual({
      pairs: 1,
      rankedAsLabelled: 0.5,
      chosen: { logpPerToken: -1, longest: 2 },
      rejected: { logpPerToken: -1, longest: 2 },
    });
  });
});
