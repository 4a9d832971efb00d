import { describe, expect, it } from 'vitest';
import { adaptiveSweep } from '../../scripts/bench/adaptive/simulate';
import { check } from '../../src/core/check/check';
import { resolveConfig } from '../../src/core/config/resolved';
import { type AdaptiveSweep, nextRound } from '../../src/core/sweeps/adaptive-round';
import { sweepArms } from '../../src/core/sweeps/arms';
import type { JudgedArm } from '../../src/core/sweeps/judged-arm';

const GRID = [5, 2, 1, 0.5, 0.2, 0.1, 0.04, 0.02, 0.008, 0.004];

/** 60 prompts with ten answers each, of which this share wins. */
function arm(beta: number, seed: number, winRate: number, lengthRatio = 1): JudgedArm {
  const won = (prompt: number): number => Math.round(10 * winRate * prompt);
  return {
    id: `${beta} ${seed}`,
    beta,
    seed,
    state: 'completed',
    step: 1,
    train: {},
    eval: {
      win_rate: winRate,
      ended: 1,
      reference_ended: 1,
      generated_length: 10 * lengthRatio,
      reference_generated_length: 10,
    },
    alarms: [],
    outcomes: Object.fromEntries(
      Array.from({ length: 60 }, (_, prompt) => [
        `prompt ${prompt}`,
        Array.from({ length: 10 }, (_, answer) => (answer < won(prompt + 1) - won(prompt) ? 1 : 0)),
      ]),
    ),
  };
}

const roundAfter = (arms: readonly JudgedArm[], changes: Partial<AdaptiveSweep> = {}) =>
  nextRound({
    grid: GRID,
    seeds: [0, 1, 2],
    arms,
    settings: { tolerance: 2, costs: { run: 1 } },
    left: 20,
    ...changes,
  });
const armsOf = (round: ReturnType<typeof nextRound>) =>
  round.kind === 'train' ? round.arms.map(({ beta, seed }) => `${beta}/${seed}`) : round;

const COARSE = [arm(5, 0, 0.55), arm(0.5, 0, 0.65), arm(0.04, 0, 0.58), arm(0.004, 0, 0.36, 2)];

describe('a sweep that trains in rounds', () => {
  it('starts coarse, as a launch of such a config does', () => {
    expect(armsOf(roundAfter([]))).toEqual(['5/0', '0.5/0', '0.04/0', '0.004/0']);
    const text = `model: ./m\ndata:\n  train: a.jsonl\nsweep:\n  until: decided\n  beta: [${GRID.join(', ')}]\n`;
    const config = resolveConfig(check(text, 'a.dpo.yaml').experiment);
    expect(sweepArms(config).map(({ beta }) => beta)).toEqual([5, 0.5, 0.04, 0.004]);
  });

  it('looks beside the beta that leads, on both sides, and says why', () => {
    expect(roundAfter(COARSE)).toEqual({
      kind: 'train',
      arms: [
        { beta: 1, seed: 0 },
        { beta: 0.1, seed: 0 },
      ],
      why: 'Beta 0.5 leads: what lies beside it.',
    });
  });

  it('looks beyond the edge where the lead lies there, twice at most', () => {
    const edge = [arm(4, 0, 0.7), arm(2, 0, 0.5)];
    expect(armsOf(roundAfter(edge, { grid: [4, 2] }))).toEqual(['5/0']);
    const further = [...edge, arm(5, 0, 0.75), arm(10, 0, 0.8)];
    expect(armsOf(roundAfter(further, { grid: [4, 2] }))).toEqual(['10/1', '5/1']);
  });

  it('gives seeds to those that cannot be told apart, and none to what is worse or past the cliff', () => {
    const near = [...COARSE, arm(1, 0, 0.64), arm(0.2, 0, 0.5), arm(0.1, 0, 0.6)];
    const round = roundAfter(near);
    expect(armsOf(round)).toEqual(['0.5/1', '1/1']);
    expect(round.why).toContain('cannot be told apart yet');
  });

  it('ends when a beta is proven', () => {
    const proven = GRID.slice(0, 7).flatMap((beta) =>
      [0, 1, 2].map((seed) => arm(beta, seed, beta === 0.5 ? 0.8 : 0.5)),
    );
    expect(roundAfter(proven)).toMatchObject({ kind: 'end', beta: 0.5 });
  });

  it('ends when the budget is spent, with what is best as far as is known; a last round is cut to it', () => {
    const near = [0, 1].flatMap((seed) => [arm(1, seed, 0.64), arm(0.5, seed, 0.645), arm(0.2, seed, 0.5)]);
    const settings = { tolerance: 0.2, costs: { run: 1 } };
    expect(roundAfter(near, { left: 0, grid: [1, 0.5, 0.2], settings })).toMatchObject({
      kind: 'end',
      beta: 0.5,
      why: expect.stringMatching(/^The budget is spent before a beta is proven\./),
    });
    expect(armsOf(roundAfter(COARSE, { left: 1 }))).toEqual(['1/0']);
  });

  it('goes up where everything is past the cliff, and stops without judged answers', () => {
    expect(armsOf(roundAfter([arm(0.02, 0, 0.9, 3), arm(0.01, 0, 0.9, 3)], { grid: [0.02, 0.01] }))).toEqual([
      '0.1/0',
      '0.05/0',
    ]);
    const { outcomes: _, ...unjudged } = arm(1, 0, 0.5);
    const { win_rate: __, ...measured } = unjudged.eval;
    expect(roundAfter([{ ...unjudged, eval: measured }])).toMatchObject({
      kind: 'end',
      why: expect.stringContaining('No answers were judged'),
    });
  });

  it('finds a beta within the tolerance of the best, with 40 % of the runs of an exhaustive sweep', () => {
    // The long form is `npm run bench adaptive`.
    const sweeps = Array.from({ length: 13 }, (_, index) => adaptiveSweep(index));
    expect(sweeps.filter(({ loss }) => loss <= 0.02).length).toBeGreaterThanOrEqual(12);
    for (const { compute } of sweeps) expect(compute).toBeLessThanOrEqual(0.4);
  });
});
