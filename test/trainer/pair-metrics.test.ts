import { describe, expect, it } from 'vitest';
import { type PairScore, pairMetrics, preferenceLoss, sftLoss } from '../../src/trainer/pair-metrics';

const OBJECTIVE = {
  loss: 'sigmoid',
  beta: 0.5,
  labelSmoothing: 0,
  lengthNormalized: false,
  sftWeight: 0,
} as const;

function pair(chosen: number, rejected: number, reference = { chosen: -10, rejected: -12 }): PairScore {
  return {
    chosen: { policy: chosen, reference: reference.chosen, tokens: 4, referenceTokens: 5 },
    rejected: { policy: rejected, reference: reference.rejected, tokens: 6, referenceTokens: 8 },
  };
}

describe('metrics of pairs', () => {
  it('are rewards, log-ratios and log-probabilities, averaged', () => {
    // Log-ratios: 2 and -1; 0 and 0.
    const values = pairMetrics([pair(-8, -13), pair(-10, -12)], OBJECTIVE);
    expect(values).toEqual({
      reward_chosen: 0.5,
      reward_rejected: -0.25,
      reward_margin: 0.75,
      accuracy: 0.75,
      log_ratio_chosen: 1,
      log_ratio_rejected: -0.5,
      log_ratio_margin: 1.5,
      logp_chosen: -9,
      logp_rejected: -12.5,
    });
  });

  it('are means over tokens for a length-normalised objective, each under its own tokenizer', () => {
    const values = pairMetrics([pair(-8, -12)], { ...OBJECTIVE, lengthNormalized: true });
    expect(values.log_ratio_chosen).toBe(-2 - -2);
    expect(values.log_ratio_rejected).toBe(-2 - -1.5);
  });

  it('have the loss by hand: ln 2 where policy and reference agree', () => {
    expect(preferenceLoss([pair(-10, -12)], OBJECTIVE)).toBeCloseTo(Math.LN2, 12);
    // Margin beta * (2 - -1) = 1.5.
    expect(preferenceLoss([pair(-8, -13)], OBJECTIVE)).toBeCloseTo(Math.log(1 + Math.exp(-1.5)), 12);
  });

  it('add the SFT term over all chosen tokens', () => {
    const pairs = [pair(-8, -13), pair(-10, -12)];
    expect(sftLoss(pairs)).toBe(18 / 8);
    const plain = preferenceLoss(pairs, OBJECTIVE);
    expect(preferenceLoss(pairs, { ...OBJECTIVE, sftWeight: 2 })).toBeCloseTo(plain + 2 * (18 / 8), 12);
  });

  it('take the posterior and the likelihood reward for what they are: another number as the reference', () => {
    // No reference: beta times the log-probability itself.
    const posterior = pairMetrics([pair(-8, -13, { chosen: 0, rejected: 0 })], OBJECTIVE);
    expect(posterior).toMatchObject({ reward_chosen: -4, reward_rejected: -6.5, reward_margin: 2.5 });
    // The prior log p(y) in place of log p(y given x).
    const likelihood = pairMetrics([pair(-8, -13, { chosen: -20, rejected: -22 })], OBJECTIVE);
    expect(likelihood).toMatchObject({ reward_chosen: 6, reward_rejected: 4.5, reward_margin: 1.5 });
  });
});
