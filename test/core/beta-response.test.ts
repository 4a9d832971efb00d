import { describe, expect, it } from 'vitest';
import { betaResponse } from '../../src/core/sweeps/beta-response';
import type { JudgedArm } from '../../src/core/sweeps/judged-arm';

/** An arm that completed, with what its last evaluation measured, and 60 prompts with 20 answers each. */
function arm(beta: number, seed: number, winRate: number, changes: JudgedArm['eval'] = {}): JudgedArm {
  const won = (prompt: number): number => Math.round(20 * winRate * prompt);
  return {
    id: `beta${beta}-${seed}`,
    beta,
    seed,
    state: 'completed',
    step: 100,
    train: { loss: 0.4 },
    eval: {
      win_rate: winRate,
      accuracy: 0.7,
      ended: 1,
      reference_ended: 1,
      generated_length: 20,
      reference_generated_length: 20,
      eos_drift: 0,
      kl: 0.1,
      ...changes,
    },
    outcomes: Object.fromEntries(
      Array.from({ length: 60 }, (_, prompt) => [
        `prompt ${prompt}`,
        Array.from({ length: 20 }, (_, answer) => (answer < won(prompt + 1) - won(prompt) ? 1 : 0)),
      ]),
    ),
    alarms: [],
  };
}

/** Two arms for each beta, with these win rates. */
function twoSeeds(
  ...betas: readonly (readonly [beta: number, first: number, second: number])[]
): JudgedArm[] {
  return betas.flatMap(([beta, first, second]) => [arm(beta, 0, first), arm(beta, 1, second)]);
}

const PEAKED = twoSeeds([0.1, 0.52, 0.54], [0.05, 0.6, 0.62], [0.02, 0.7, 0.71], [0.01, 0.5, 0.52]);
const RUN_ON = { ended: 0.4, eos_drift: -4, generated_length: 60 };
const settings = (tolerance: number, run = 1) => ({ tolerance, costs: { run } });

describe('the response to beta', () => {
  it('takes a beta that is proven to lose less than the tolerance, and says how it is known', () => {
    const broken = [arm(0.005, 0, 0.9, RUN_ON), arm(0.005, 1, 0.8, RUN_ON)];
    const response = betaResponse([...PEAKED, ...broken]);
    expect(response.quality).toBe('win rate');
    expect(response.betas.map(({ beta }) => beta)).toEqual([0.1, 0.05, 0.02, 0.01, 0.005]);
    expect(response.recommended).toBe(0.02);
    expect(response.proof).toMatchObject({ beta: 0.02, losesAtMost: 0 });
    expect(response.verdict).toMatch(
      /^Beta 0\.02 is better than every other beta tried, with 95 % confidence\. Its win rate is 7\d % \(\d\d % to \d\d %\) on \d\d held-out prompts, which had no part in the choice, over 2 seeds\./,
    );
    expect(response.verdict).toContain('At beta 0.005 only 40 % of its texts end by themselves');
    expect(response.verdict).toContain('Held-out accuracy (highest at beta 0.1, 70 %) does not decide');
    expect(response.open).toMatchObject({ largest: 0.02, smallest: 0.02 });
    expect(response.next).toBeUndefined();
  });

  it('takes the largest of those that are proven, and says what it may lose', () => {
    const equal = twoSeeds([0.1, 0.4, 0.42], [0.05, 0.7, 0.7], [0.02, 0.71, 0.71], [0.01, 0.5, 0.52]);
    const { recommended, verdict, open } = betaResponse(equal, settings(5));
    expect(recommended).toBe(0.05);
    expect(verdict).toMatch(
      /^Beta 0\.05 loses at most [1-4]\.\d points to any other beta tried, with 95 % confidence \(tolerance: 5\)/,
    );
    expect(open).toMatchObject({ largest: 0.05, smallest: 0.02 });
    // The same data do not prove it for a smaller tolerance: that nothing differs significantly is no proof.
    expect(betaResponse(equal, settings(0.5)).recommended).toBeUndefined();
  });

  it('is never decided by one seed, whatever the difference', () => {
    const response = betaResponse([arm(0.1, 0, 0.3), arm(0.05, 0, 0.9), arm(0.02, 0, 0.3)]);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toMatch(
      /^Highest win rate: beta 0\.05, 90 % on 60 prompts, with one seed\. No beta is taken before a second seed has shown how much trainings differ\. Clearly lower: beta 0\.1 \(30 %\) and 0\.02 \(30 %\)\. Held-out/,
    );
    // A chance would rest on a spread that nobody has measured.
    expect(response.chances).toEqual([]);
    expect(response.verdict).not.toContain('chance');
    expect(response.next).toMatchObject({ kind: 'seeds', betas: [0.05], seeds: 3 });
  });

  it('says of one seed which betas are near, and looks beyond the edge first', () => {
    const near = betaResponse([arm(0.1, 0, 0.66), arm(0.05, 0, 0.68), arm(0.02, 0, 0.3)]);
    expect(near.verdict).toContain(
      'it may be no better than beta 0.1 (66 %). Clearly lower: beta 0.02 (30 %).',
    );
    expect(near.next).toMatchObject({ kind: 'seeds', betas: [0.1, 0.05], seeds: 3 });
    const edge = betaResponse([arm(0.1, 0, 0.3), arm(0.05, 0, 0.6), arm(0.02, 0, 0.7)]);
    expect(edge.next).toMatchObject({ kind: 'betas', betas: [0.01, 0.005], seeds: 1 });
  });

  it('is not decided by few prompts', () => {
    const few = PEAKED.map((one) => ({
      ...one,
      outcomes: Object.fromEntries(Object.entries(one.outcomes ?? {}).slice(0, 4)),
    }));
    const { recommended, verdict } = betaResponse(few);
    expect(recommended).toBeUndefined();
    expect(verdict).toContain('4 judged prompts are too few');
  });

  it('names the betas that are not excluded with their chances, and the step that gains most for its time', () => {
    const arms = twoSeeds([0.1, 0.3, 0.31], [0.05, 0.6, 0.63], [0.02, 0.62, 0.61], [0.01, 0.4, 0.4]);
    const { recommended, chances, verdict, next } = betaResponse(arms, settings(0.5));
    expect(recommended).toBeUndefined();
    expect(chances.map(({ beta }) => beta)).toEqual([0.05, 0.02]);
    expect(chances.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 10);
    expect(verdict).toMatch(
      /^No beta is shown to lose less than 0\.5 points to every other\. Not excluded, with the chance to be the best: beta 0\.05 \(\d+ %\) and 0\.02 \(\d+ %\)\./,
    );
    if (!next || !('lossNow' in next)) throw new Error('No next step.');
    expect(next.betas).toEqual([0.05, 0.02]);
    expect(next.lossAfter).toBeLessThan(next.lossNow);
  });

  it('proposes answers where trainings are dear, and seeds where they cost nothing', () => {
    const noisy = (beta: number, rates: readonly number[]) =>
      rates.map((rate, seed) => {
        const one = arm(beta, seed, rate);
        const outcomes = Object.entries(one.outcomes ?? {}).map(([prompt], index) => [
          prompt,
          [(index * 7 + 300 * beta + 3 * seed) % 10 < 10 * rate ? 1 : 0],
        ]);
        return { ...one, outcomes: Object.fromEntries(outcomes) };
      });
    const inside = [
      ...noisy(0.1, [0.1, 0.1]),
      ...noisy(0.05, [0.6, 0.6]),
      ...noisy(0.02, [0.6, 0.6]),
      ...noisy(0.01, [0.1, 0.1]),
    ];
    const answers = betaResponse(inside, { tolerance: 0.1, costs: { run: 1000, answer: 0.001 } });
    expect(answers.recommended).toBeUndefined();
    expect(answers.next).toMatchObject({ kind: 'answers' });
    const seeds = betaResponse(inside, { tolerance: 0.1, costs: { run: 0.001, answer: 1 } });
    expect(seeds.next).toMatchObject({ kind: 'seeds', seeds: 4 });
  });

  it('proposes betas beyond the edge where the best lies there, also after it has decided', () => {
    const rising = twoSeeds([0.1, 0.4, 0.41], [0.05, 0.55, 0.56], [0.02, 0.7, 0.71]);
    const { recommended, verdict, next } = betaResponse(rising);
    expect(recommended).toBe(0.02);
    expect(verdict).toContain('It is the smallest beta tried: a smaller one was not compared.');
    expect(next).toMatchObject({ kind: 'betas', betas: [0.01, 0.005], seeds: 2 });
  });

  it('compares only prompts that every arm answered', () => {
    const [first, ...others] = PEAKED;
    if (!first) throw new Error('No arm.');
    const foreign = { ...first, outcomes: { elsewhere: [1, 1, 1] } };
    const { recommended, verdict } = betaResponse([foreign, ...others]);
    expect(recommended).toBeUndefined();
    expect(verdict).toContain('no prompt was answered by all arms');
  });

  it('goes up where everything is past the cliff', () => {
    const response = betaResponse([arm(0.02, 0, 0.9, RUN_ON), arm(0.01, 0, 0.9, RUN_ON)]);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('Every beta of the grid is past the cliff');
    expect(response.next).toEqual({ kind: 'betas', betas: [0.1, 0.05], seeds: 1 });
  });

  it('never decides by held-out accuracy: it shows it and says why', () => {
    const unjudged = (beta: number, seed: number, accuracy: number): JudgedArm => {
      const { outcomes: _, ...bare } = arm(beta, seed, 0);
      const { win_rate: __, ...measured } = bare.eval;
      return { ...bare, eval: { ...measured, accuracy, reward_margin: 100 * beta } };
    };
    const arms = [0, 1, 2].flatMap((seed) => [
      unjudged(0.1, seed, 0.6),
      unjudged(0.05, seed, 0.8),
      unjudged(0.02, seed, 0.7),
    ]);
    const response = betaResponse(arms);
    expect(response).toMatchObject({ quality: 'held-out accuracy', recommended: undefined, next: undefined });
    expect(response.verdict).toBe(
      'No answers were judged: name probes (evaluation.probes) and a judge (evaluation.judge). Held-out accuracy (highest at beta 0.05, 80 %) does not decide: it ranks answers that are given, and may rise while the answers that the policy writes get worse.',
    );
  });

  it('names the cliff with its reason, and counts an arm that was stopped there', () => {
    const alarms = [{ code: 'RUN006', severity: 'error', step: 40 }];
    const stopped = { ...arm(0.005, 0, 0.9, { ended: 0.95 }), state: 'stopped', step: 40, alarms };
    const { betas, cliff } = betaResponse([...PEAKED, stopped]);
    expect(betas.at(-1)).toMatchObject({ beta: 0.005, quality: Number.NaN });
    expect(cliff).toEqual({
      largest: 0.005,
      smallest: 0.005,
      reason: 'At beta 0.005 its texts no longer ended, so it was stopped at step 40.',
    });
  });

  it('does not call the only beta the best', () => {
    const response = betaResponse([arm(0.1, 0, 0.5), arm(0.1, 1, 0.6)]);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('One beta says nothing about others.');
  });

  it('says so where no arm completed, or nothing was measured', () => {
    expect(betaResponse([{ ...arm(0.1, 0, 0.5), state: 'failed' }])).toMatchObject({
      betas: [],
      verdict: 'No arm has completed.',
      next: undefined,
    });
    const { outcomes: _, ...bare } = { ...arm(0.1, 0, 0.5), eval: {} };
    expect(betaResponse([bare]).verdict).toContain('No answers were judged');
  });
});
