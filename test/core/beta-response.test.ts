import { describe, expect, it } from 'vitest';
import { betaResponse } from '../../src/core/sweeps/beta-response';
import type { ArmSummary } from '../../src/core/sweeps/format';

/** An arm that completed, with what its last evaluation measured. */
function arm(beta: number, seed: number, winRate: number, changes: ArmSummary['eval'] = {}): ArmSummary {
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
    alarms: [],
  };
}

/** Two arms for each beta, with these win rates. */
function twoSeeds(
  ...betas: readonly (readonly [beta: number, first: number, second: number])[]
): ArmSummary[] {
  return betas.flatMap(([beta, first, second]) => [arm(beta, 0, first), arm(beta, 1, second)]);
}

/** 0.05 and 0.02 cannot be told apart. */
const PLATEAU = twoSeeds([0.1, 0.4, 0.42], [0.05, 0.66, 0.74], [0.02, 0.68, 0.76], [0.01, 0.5, 0.52]);

const RUN_ON = { ended: 0.4, eos_drift: -4, generated_length: 60 };

describe('the response to beta', () => {
  it('is decided where the best lies inside the grid and its neighbours are worse', () => {
    const arms = twoSeeds([0.1, 0.52, 0.54], [0.05, 0.6, 0.62], [0.02, 0.7, 0.71], [0.01, 0.5, 0.52]);
    const response = betaResponse([...arms, arm(0.005, 0, 0.9, RUN_ON), arm(0.005, 1, 0.8, RUN_ON)]);
    expect(response.quality).toBe('win rate');
    expect(response.betas.map(({ beta }) => beta)).toEqual([0.1, 0.05, 0.02, 0.01, 0.005]);
    expect(response.betas[2]).toMatchObject({ seeds: 2, quality: 0.705, degenerate: undefined });
    expect(response.betas[2]?.qualityError).toBeCloseTo(0.005, 10);
    expect(response.recommended).toBe(0.02);
    expect(response.verdict).toBe(
      'Win rate is best at beta 0.02 (71 % ± 0.5 % over 2 seeds). At beta 0.005 only 40 % of its texts end by themselves (reference: 100 %).',
    );
    expect(response.next).toBeUndefined();
  });

  it('takes the largest beta of those that cannot be told apart', () => {
    const response = betaResponse(PLATEAU);
    expect(response.recommended).toBe(0.05);
    expect(response.verdict).toContain('Beta 0.05 cannot be told from it and stays closer to the reference.');
  });

  it('is not decided by one seed', () => {
    const response = betaResponse([arm(0.1, 0, 0.5), arm(0.05, 0, 0.7), arm(0.02, 0, 0.6)]);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('with one seed a difference cannot be told from chance');
    expect(response.next).toEqual({ betas: [0.1, 0.05, 0.02], seeds: 3 });
  });

  it('is not decided at the edge of the grid', () => {
    const arms = [arm(0.1, 0, 0.5), arm(0.1, 1, 0.5), arm(0.05, 0, 0.7), arm(0.05, 1, 0.7)];
    const response = betaResponse(arms);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('the smallest of the grid');
    expect(response.next).toEqual({ betas: [0.05, 0.02, 0.01], seeds: 3 });
  });

  it('is not decided where all betas are equal within their spread', () => {
    const arms = [0.1, 0.05, 0.02].flatMap((beta, index) => [
      arm(beta, 0, 0.5 + (index === 1 ? 0.02 : 0)),
      arm(beta, 1, 0.6),
    ]);
    const response = betaResponse(arms);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('the arms do not decide');
    expect(response.next).toEqual({ betas: [0.1, 0.05, 0.02], seeds: 4 });
  });

  it('goes up where everything is past the cliff', () => {
    const response = betaResponse([arm(0.02, 0, 0.9, RUN_ON), arm(0.01, 0, 0.9, RUN_ON)]);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('Every beta of the grid is past the cliff');
    expect(response.next?.betas).toEqual([0.1, 0.05]);
  });

  it('compares by held-out accuracy without a judge, and never by rewards', () => {
    const { win_rate: _, ...measured } = arm(0.1, 0, 0).eval;
    const unjudged = (beta: number, accuracy: number) => ({
      ...arm(beta, 0, 0),
      eval: { ...measured, accuracy, reward_margin: 100 * beta },
    });
    const response = betaResponse([unjudged(0.1, 0.6), unjudged(0.05, 0.8), unjudged(0.02, 0.7)]);
    expect(response.quality).toBe('held-out accuracy');
    expect(response.verdict).toContain('Held-out accuracy is best at beta 0.05 (80 %)');
  });

  it('names the plateau and the cliff with their reasons', () => {
    const broken = [0.005, 0.002].flatMap((beta) => [arm(beta, 0, 0.9, RUN_ON), arm(beta, 1, 0.9, RUN_ON)]);
    const { plateau, cliff } = betaResponse([...PLATEAU, ...broken]);
    expect(plateau).toEqual({
      largest: 0.05,
      smallest: 0.02,
      reason: 'Betas 0.05 to 0.02 differ by less than two standard errors.',
    });
    expect(cliff).toEqual({
      largest: 0.005,
      smallest: 0.002,
      reason: 'At beta 0.005 only 40 % of its texts end by themselves (reference: 100 %).',
    });
    expect(betaResponse(PLATEAU.filter(({ seed }) => seed === 0)).plateau).toBeUndefined();
  });

  it('knows a beta alone on its plateau, and a grid that tells nothing has none', () => {
    const arms = [0.1, 0.05, 0.02].flatMap((beta, index) => [
      arm(beta, 0, index === 1 ? 0.7 : 0.5),
      arm(beta, 1, index === 1 ? 0.71 : 0.51),
    ]);
    expect(betaResponse(arms).plateau).toMatchObject({ largest: 0.05, smallest: 0.05 });
    const equal = [0.1, 0.05, 0.02].flatMap((beta) => [arm(beta, 0, 0.5), arm(beta, 1, 0.6)]);
    expect(betaResponse(equal).plateau).toBeUndefined();
  });

  it('counts an arm that was stopped because its texts no longer ended', () => {
    const alarms = [{ code: 'RUN006', severity: 'error', step: 40 }];
    const stopped = { ...arm(0.005, 0, 0.9, { ended: 0.95 }), state: 'stopped', step: 40, alarms };
    const { betas, cliff } = betaResponse([arm(0.1, 0, 0.5), arm(0.05, 0, 0.6), stopped]);
    expect(betas.at(-1)).toMatchObject({ beta: 0.005, quality: Number.NaN });
    expect(cliff?.reason).toBe('At beta 0.005 its texts no longer ended, so it was stopped at step 40.');
  });

  it('does not call the only beta the best', () => {
    const response = betaResponse([arm(0.1, 0, 0.5), arm(0.1, 1, 0.6)]);
    expect(response.recommended).toBeUndefined();
    expect(response.verdict).toContain('One beta tells nothing about others.');
    expect(response.next).toEqual({ betas: [0.5, 0.2, 0.1, 0.05, 0.02], seeds: 4 });
  });

  it('says so where no arm completed, or nothing was measured', () => {
    expect(betaResponse([{ ...arm(0.1, 0, 0.5), state: 'failed' }])).toMatchObject({
      betas: [],
      verdict: 'No arm has completed.',
      next: undefined,
    });
    expect(betaResponse([{ ...arm(0.1, 0, 0.5), eval: {} }]).verdict).toContain('Nothing was measured');
  });
});
