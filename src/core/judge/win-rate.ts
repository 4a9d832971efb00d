/** Of judged pairs of texts, in percent. */
export interface WinRate {
  readonly count: number;
  readonly winRate: number;
  /** Percentage points; NaN for fewer than two. */
  readonly standardError: number;
  /** Each pair counted as won (1), lost (0) or a tie (0.5). */
  readonly discreteWinRate: number;
}

/** @param preferences from 0, the baseline's text is preferred, to 1, the model's is */
export function winRateOf(preferences: readonly number[]): WinRate {
  const discrete = preferences.map((share) => (share > 0.5 ? 1 : share === 0.5 ? 0.5 : 0));
  return {
    count: preferences.length,
    winRate: 100 * meanOf(preferences),
    standardError: (100 * standardDeviation(preferences)) / Math.sqrt(preferences.length),
    discreteWinRate: 100 * meanOf(discrete),
  };
}

/** NaN for none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: divided by n - 1. NaN for fewer than two. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const center = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
