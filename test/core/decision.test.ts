import { describe, expect, it } from 'vitest';
import { criticalValue } from '../../src/core/sweeps/decision/comparison';
import { decide } from '../../src/core/sweeps/decision/decide';
import { isChoosing, outcomeTable } from '../../src/core/sweeps/decision/outcomes';
import { studentQuantile } from '../../src/core/sweeps/decision/student-t';
import { outcomesOf } from '../../src/core/sweeps/sample-outcomes';

describe('the arithmetic of a decision', () => {
  // scipy.stats.t.ppf of scipy 1.16.
  it.each([
    [0.95, 1, 6.313751514675037],
    [0.95, 2.5, 2.5582186141359355],
    [0.975, 3, 3.1824463052837078],
    [0.99, 7.3, 2.9639404475838966],
    [0.9875, 12, 2.5600329593592477],
    [0.995, 30, 2.7499956535672254],
    [0.95, 1000, 1.6463788172854643],
    [0.999, 1.5, 52.18443000899263],
  ])(
    'takes the %d quantile of t with %d degrees of freedom from its distribution',
    (share, freedom, value) => {
      expect(studentQuantile(share, freedom) / value).toBeCloseTo(1, 6);
      expect(studentQuantile(1 - share, freedom) / value).toBeCloseTo(-1, 6);
    },
  );

  it('rounds degrees of freedom down, so that a bound is never too tight', () => {
    expect(criticalValue(7.39, 0.01)).toBeCloseTo(studentQuantile(0.99, 7.3), 6);
    expect(criticalValue(1e6, 0.05)).toBeCloseTo(studentQuantile(0.95, 1000), 6);
  });

  it('puts a fifth of the prompts aside for choosing, by their text alone', () => {
    for (const form of ['prompt ', 'Name three fruits, no. ', '']) {
      const prompts = Array.from({ length: 2000 }, (_, index) => `${form}${index}`);
      const share = prompts.filter(isChoosing).length / prompts.length;
      expect(share).toBeGreaterThan(0.17);
      expect(share).toBeLessThan(0.23);
    }
    expect(isChoosing('a')).toBe(isChoosing('a'));
  });

  it('compares only prompts that every arm has answered, and knows the spread of answers', () => {
    const table = outcomeTable([
      { beta: 0.1, seed: 0, outcomes: { a: [1, 0], b: [1, 1], c: [] } },
      { beta: 0.2, seed: 0, outcomes: { b: [0.5], a: [0], c: [1] } },
    ]);
    expect(table.prompts).toEqual(['a', 'b']);
    expect(table.betas.map(({ beta }) => beta)).toEqual([0.2, 0.1]);
    const [arm] = table.betas[1]?.arms ?? [];
    expect([...(arm?.means ?? [])]).toEqual([0.5, 1]);
    expect(arm).toMatchObject({ answers: 2, within: 0.25 });
    expect(table.betas[0]?.arms[0]?.within).toBeNaN();
  });

  it('takes nothing where few answers happen to agree', () => {
    // Every policy wins every prompt: no spread at all, but fourteen answers each prove little.
    const arms = [0.1, 0.05].flatMap((beta) =>
      [0, 1].map((seed) => ({
        beta,
        seed,
        outcomes: Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`prompt ${index}`, [1]])),
      })),
    );
    expect(decide(outcomeTable(arms), 0.02)).toEqual({ taken: undefined, doubt: 'not shown' });
  });

  it('does not take two seeds that agree by chance for exact training', () => {
    // The means of both seeds are equal for two betas, and 20 points apart for a third: the others inherit some of that.
    const rates = [
      [0.1, [0.6, 0.6]],
      [0.05, [0.5, 0.7]],
      [0.02, [0.57, 0.57]],
    ] as const;
    const arms = rates.flatMap(([beta, seeds]) =>
      seeds.map((rate, seed) => ({
        beta,
        seed,
        outcomes: Object.fromEntries(
          Array.from({ length: 100 }, (_, index) => [
            `prompt ${index}`,
            Array.from({ length: 100 }, (__, answer) => (answer < 100 * rate ? 1 : 0)),
          ]),
        ),
      })),
    );
    expect(decide(outcomeTable(arms), 0.02).taken).toBeUndefined();
    const calm = arms.filter(({ beta }) => beta !== 0.05);
    expect(decide(outcomeTable(calm), 0.02).taken).toMatchObject({ beta: 0.1, losesAtMost: 0 });
  });

  it('takes outcomes from the judge, or from the scores of older runs, several answers a prompt together', () => {
    const text = (score?: number) => ({
      text: '',
      tokens: 1,
      ended: true,
      ...(score !== undefined && { score }),
    });
    expect(
      outcomesOf(
        [
          { prompt: 'a', policy: text(2), reference: text(1) },
          { prompt: 'a', policy: text(1), reference: text(1) },
          { prompt: 'b', policy: text(0), reference: text(1) },
          { prompt: 'c', policy: text(), reference: text(1) },
          { prompt: 'd', policy: text(1) },
        ],
        new Map([
          [2, 0.3],
          [4, 1],
        ]),
      ),
    ).toEqual({ a: [1, 0.5], b: [0.3], d: [1] });
    expect(outcomesOf([{ prompt: '__proto__', policy: text(1), reference: text(0) }], new Map())).toEqual(
      Object.fromEntries([['__proto__', [1]]]),
    );
  });
});
