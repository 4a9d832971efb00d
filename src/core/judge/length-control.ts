import { dot, fitL1Logistic, meanLogLoss, sigmoid, type WeightedRow } from './l1-logistic';
import { meanOf, standardDeviation } from './win-rate';

/** A judged pair of texts, as length control sees it. */
export interface LengthRow {
  /** 1 where the judge prefers the model's text, 0 where it prefers the baseline's, or between; NaN: no answer. */
  readonly preference: number;
  /** Length of the baseline's text minus that of the model's, in Unicode code points. */
  readonly lengthGap: number;
}

/** A row of AlpacaEval's gamed baseline: the baseline judged against a longer or shorter version of itself. */
export interface GamedRow {
  readonly preference: number;
  /** In standard deviations of its file. */
  readonly gap: number;
  readonly difficulty: number;
}

/** What AlpacaEval knows of its own prompts. */
export interface KnownPrompts {
  readonly gamed: readonly GamedRow[];
  /** Of each row that is judged. */
  readonly difficulties: readonly number[];
}

export interface LengthControlled {
  /** Percent. */
  readonly winRate: number;
  /** Percentage points. */
  readonly standardError: number;
}

/** With fewer the slope on length is not determined. */
const FEWEST_PROMPTS = 50;
const FOLDS = 5;
const GAMED_WEIGHT = 0.1;
/** logspace(-4, 4, 10). */
const PENALTIES = Array.from({ length: 10 }, (_, index) => 10 ** (-4 + (8 * index) / 9));

/**
 * The win rate if all texts were as long as the baseline's (Dubois et al. 2024, arXiv 2404.04475): a logistic regression
 * of the judge's preference on the length gap, read off at a gap of zero. With `known` it is AlpacaEval's full form, whose
 * features are tanh(gap), the prompt's difficulty, and 1 for the model's own rows; without, the form its authors recommend
 * for other prompts: tanh(gap) and 1. The penalty is chosen by cross-validation in five parts.
 *
 * @returns undefined where fewer than 50 preferences are known
 */
export function lengthControlled(
  rows: readonly LengthRow[],
  known?: KnownPrompts,
): LengthControlled | undefined {
  const answered = rows.filter(({ preference }) => isShare(preference));
  if (answered.length < FEWEST_PROMPTS) return undefined;
  const spread = standardDeviation(rows.map(({ lengthGap }) => lengthGap));
  // AlpacaEval's own answer where all lengths are the same: the gap then has no unit.
  if (spread === 0) return { winRate: 50, standardError: 0 };
  // Features at a gap of zero.
  const equal = rows.map((_, index) => (known ? [0, known.difficulties[index] ?? 0, 1] : [0, 1]));
  const own = rows.map(({ preference, lengthGap }, index) => ({
    features: [Math.tanh(lengthGap / spread), ...(equal[index] ?? []).slice(1)],
    target: preference,
    weight: 1,
  }));
  const gamed = (known?.gamed ?? []).map(({ preference, gap, difficulty }) => ({
    features: [Math.tanh(gap), difficulty, 0],
    target: preference,
    weight: GAMED_WEIGHT,
  }));
  const training = [...gamed, ...own].filter(({ target }) => isShare(target));
  const coefficients = fitL1Logistic(training, bestPenalty(training));
  const shares = equal.map((features) => 100 * sigmoid(dot(features, coefficients)));
  // AlpacaEval's error is the spread over its known prompts; without those every prompt has the same share.
  const standardError = known
    ? standardDeviation(shares) / Math.sqrt(shares.length)
    : 100 * errorAtEqualLength(training, coefficients);
  return { winRate: meanOf(shares), standardError };
}

/**
 * Of the share at a gap of zero, by the delta method from the coefficients' sandwich covariance (White 1982), which holds
 * also for preferences between 0 and 1.
 */
function errorAtEqualLength(rows: readonly WeightedRow[], coefficients: readonly number[]): number {
  // Sums over rows: curvature (a b; b d) and squared slopes (p q; q r) of length and constant.
  let [a, b, d, p, q, r] = [0, 0, 0, 0, 0, 0];
  for (const { features, target } of rows) {
    const [x = 0] = features;
    const share = sigmoid(dot(features, coefficients));
    const curvature = share * (1 - share);
    const slope = (share - target) ** 2;
    [a, b, d] = [a + curvature * x * x, b + curvature * x, d + curvature];
    [p, q, r] = [p + slope * x * x, q + slope * x, r + slope];
  }
  const variance = (b * b * p - 2 * a * b * q + a * a * r) / (a * d - b * b) ** 2;
  const share = sigmoid(coefficients[1] ?? 0);
  return share * (1 - share) * Math.sqrt(variance);
}

/** The penalty that predicts left-out rows best; of equals the strongest. Row i belongs to part i mod 5. */
function bestPenalty(rows: readonly WeightedRow[]): number {
  const totals = PENALTIES.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const training = rows.filter((_, index) => index % FOLDS !== fold);
    const left = rows.filter((_, index) => index % FOLDS === fold);
    let start: number[] | undefined;
    PENALTIES.forEach((penalty, index) => {
      start = fitL1Logistic(training, penalty, start);
      totals[index] = (totals[index] ?? 0) + meanLogLoss(left, start);
    });
  }
  return PENALTIES[totals.indexOf(Math.min(...totals))] ?? 1;
}

export function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
