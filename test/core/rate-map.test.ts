import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { resolveConfig } from '../../src/core/config/resolved';
import { armConfig, sweepArms } from '../../src/core/sweeps/arms';
import { betaResponse } from '../../src/core/sweeps/beta-response';
import type { JudgedArm } from '../../src/core/sweeps/judged-arm';

/** 60 prompts with 20 answers each, of which this share wins. */
function arm(
  beta: number,
  learningRate: number,
  seed: number,
  winRate: number,
  changes: JudgedArm['eval'] = {},
): JudgedArm {
  const won = (prompt: number): number => Math.round(20 * winRate * prompt);
  return {
    id: `${beta} ${learningRate} ${seed}`,
    beta,
    learningRate,
    seed,
    state: 'completed',
    step: 1,
    train: {},
    eval: {
      win_rate: winRate,
      ended: 1,
      reference_ended: 1,
      generated_length: 10,
      reference_generated_length: 10,
      ...changes,
    },
    alarms: [],
    outcomes: Object.fromEntries(
      Array.from({ length: 60 }, (_, prompt) => [
        `prompt ${prompt}`,
        Array.from({ length: 20 }, (__, answer) => (answer < won(prompt + 1) - won(prompt) ? 1 : 0)),
      ]),
    ),
  };
}

const settings = (winRate: (beta: number, rate: number) => number, seeds = [0, 1]) =>
  [0.1, 0.02].flatMap((beta) =>
    [1e-6, 1e-5].flatMap((rate) =>
      seeds.map((seed) =>
        arm(beta, rate, seed, winRate(beta, rate) + 0.005 * seed, { kl: (1e4 * rate) / beta }),
      ),
    ),
  );

describe('a sweep over beta and learning rate', () => {
  it('trains every beta with every rate, seed by seed, and each arm has one of each', () => {
    const text = `model: ./m
data: { train: a.jsonl }
sweep: { beta: [0.1, 0.02], seeds: [0, 1], learning_rate: [1.0e-6, 1.0e-5] }
`;
    const config = resolveConfig(check(text, 'a.dpo.yaml').experiment);
    const arms = sweepArms(config);
    expect(arms).toHaveLength(8);
    expect(arms.slice(0, 3)).toEqual([
      { beta: 0.1, seed: 0, learningRate: 1e-6 },
      { beta: 0.02, seed: 0, learningRate: 1e-6 },
      { beta: 0.1, seed: 0, learningRate: 1e-5 },
    ]);
    const [first] = arms;
    const own = first && armConfig(config, first);
    expect(own?.['training.learning_rate']).toBe(1e-6);
    expect(own?.['sweep.learning_rate']).toBeUndefined();
  });

  it('compares every beta with every rate, and takes one that is proven against all', () => {
    const best = settings((beta, rate) => (beta === 0.1 && rate === 1e-5 ? 0.7 : 0.5));
    const { map, recommended, verdict, next } = betaResponse(best);
    expect(recommended).toBe(0.1);
    expect(map?.cells.filter(({ isTaken }) => isTaken)).toMatchObject([{ beta: 0.1, learningRate: 1e-5 }]);
    expect(verdict).toMatch(
      /^Beta 0\.1 at learning rate 1e-5 is better than every other setting tried, with 95 % confidence\. Its win rate is 70 %/,
    );
    expect(next).toBeUndefined();
  });

  it('takes none where another rate of the same beta may be better', () => {
    const near = settings((_, rate) => (rate === 1e-5 ? 0.7 : 0.68));
    const { map, recommended, verdict } = betaResponse(near, { tolerance: 0.1, costs: { run: 1 } });
    expect(recommended).toBeUndefined();
    expect(map?.cells.filter(({ isOpen }) => isOpen).length).toBeGreaterThan(1);
    expect(verdict).toContain(
      'No setting is shown to lose less than 0.1 points to every other. Not excluded: beta 0.',
    );
  });

  it('draws each beta at the rate that does best there', () => {
    const { betas } = betaResponse(
      settings((beta, rate) => ((rate === 1e-5) === (beta === 0.1) ? 0.7 : 0.5)),
    );
    expect(betas.map(({ beta, quality }) => [beta, Math.round(100 * quality)])).toEqual([
      [0.1, 70],
      [0.02, 70],
    ]);
  });

  it('marks what is past the cliff, and finds where the KL is equal', () => {
    const arms = settings(() => 0.6).map((one) =>
      one.beta === 0.02 && one.learningRate === 1e-5
        ? { ...one, eval: { ...one.eval, generated_length: 40 } }
        : one,
    );
    const { map } = betaResponse(arms);
    expect(map?.cells.filter(({ degenerate }) => degenerate)).toMatchObject([
      { beta: 0.02, learningRate: 1e-5 },
    ]);
    expect(map?.cells.find(({ degenerate }) => degenerate)?.isOpen).toBe(false);
    // KL 0.1 and 1 at beta 0.1, 0.5 and 5 at 0.02: 0.3 lies at 10^-6 * 10^(log 3) = 3e-6 of the first.
    expect(map?.lines.find(({ kl }) => kl === 0.3)).toEqual({
      kl: 0.3,
      points: [{ beta: 0.1, learningRate: 3e-6 }],
    });
    expect(map?.lines.find(({ kl }) => kl === 1)?.points).toEqual([
      { beta: 0.1, learningRate: 1e-5 },
      { beta: 0.02, learningRate: 2e-6 },
    ]);
  });

  it('is no map with one rate, or with none that is known', () => {
    const one = settings(() => 0.5).filter(({ learningRate }) => learningRate === 1e-6);
    expect(betaResponse(one).map).toBeUndefined();
    const unknown = one.map(({ learningRate: _, ...rest }) => rest);
    expect(betaResponse(unknown).map).toBeUndefined();
  });
});
