import { type BetaSweep, OWN_REFERENCE_SWEEPS } from './paper';

/** Questions to the paper's tables. */

/** The win rate at a beta as text, such as `12.36` or `degenerate`; undefined where the paper has no such run. */
export function winRateAt({ winRates }: BetaSweep, beta: number): string | undefined {
  const row = winRates.find((candidate) => candidate.beta === beta);
  return row && String(row.winRate);
}

export interface BestBeta {
  readonly beta: number;
  /** Percent. */
  readonly winRate: number;
}

/** The row with the highest win rate. */
export function bestOf({ winRates }: BetaSweep): BestBeta {
  let best: BestBeta = { beta: 0, winRate: Number.NEGATIVE_INFINITY };
  for (const { beta, winRate } of winRates) {
    if (winRate !== 'degenerate' && winRate > best.winRate) best = { beta, winRate };
  }
  return best;
}

/** The same policy's best result with itself as reference. */
export function bestWithOwnReference({ policy }: BetaSweep): BestBeta | undefined {
  const own = OWN_REFERENCE_SWEEPS.find((sweep) => sweep.policy === policy);
  return own && bestOf(own);
}
