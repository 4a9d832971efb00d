import type { BetaTable } from './outcomes';
import { studentQuantile } from './student-t';

/** Estimates of one beta on some of the prompts. Shares, and their squares. */
export interface BetaEstimate {
  readonly beta: number;
  readonly seeds: number;
  readonly mean: number;
  /** Mean over seeds of each prompt. */
  readonly byPrompt: Float64Array;
  /** Answers in all. */
  readonly answers: number;
  /** Variance between the means of seeds, and the part of it that answers and prompts explain; 0 for one seed. */
  readonly between: number;
  readonly explained: number;
}

/** What training adds to the variance of a beta's mean. */
export interface TrainingNoise {
  /** Variance of a policy's true win rate over seeds. */
  readonly variance: number;
  /** What it was estimated from: the variance between seeds before the explained part was taken off, and its degrees of freedom. */
  readonly between: number;
  readonly freedom: number;
}

export function estimate({ beta, arms }: BetaTable, prompts: readonly number[]): BetaEstimate {
  const byPrompt = new Float64Array(prompts.length);
  const seedMeans = arms.map(({ means }) => {
    let sum = 0;
    for (let index = 0; index < prompts.length; index++) {
      const value = means[prompts[index] ?? 0] ?? 0;
      byPrompt[index] = (byPrompt[index] ?? 0) + value / arms.length;
      sum += value;
    }
    return sum / prompts.length;
  });
  const mean = seedMeans.reduce((sum, value) => sum + value, 0) / arms.length;
  const answers = arms.reduce((sum, arm) => sum + arm.answers * prompts.length, 0);
  const found = { beta, seeds: arms.length, mean, byPrompt, answers };
  if (arms.length < 2) return { ...found, between: 0, explained: 0 };
  let residual = 0;
  arms.forEach(({ means }, seed) => {
    const shift = (seedMeans[seed] ?? 0) - mean;
    for (let index = 0; index < prompts.length; index++) {
      residual += ((means[prompts[index] ?? 0] ?? 0) - (byPrompt[index] ?? 0) - shift) ** 2;
    }
  });
  const freedom = (arms.length - 1) * Math.max(1, prompts.length - 1);
  return {
    ...found,
    between: seedMeans.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (arms.length - 1),
    explained: residual / freedom / prompts.length,
  };
}

/** Degrees of freedom that the other betas' seeds lend to each: few seeds of its own cannot show its noise. */
const LENT_FREEDOM = 4;

/** Of trainings 1.5 points apart: assumed where no beta has two seeds. Nothing is decided then. */
const GUESSED = 0.015 ** 2;

/**
 * Training noise of each beta: its own spread over seeds, moderated by the mean over all betas (as in Smyth 2004), because
 * two or three seeds that happen to agree do not show that training is exact.
 */
export function trainingNoise(betas: readonly BetaEstimate[]): TrainingNoise[] {
  const freedom = betas.reduce((sum, { seeds }) => sum + seeds - 1, 0);
  const pooled = (of: (beta: BetaEstimate) => number): number =>
    betas.reduce((sum, beta) => sum + (beta.seeds - 1) * of(beta), 0) / freedom;
  const [between, explained] = [pooled((beta) => beta.between), pooled((beta) => beta.explained)];
  return betas.map((beta) => {
    const own = beta.seeds - 1;
    const lent = Math.min(LENT_FREEDOM, freedom - own);
    if (own + lent === 0) return { variance: GUESSED, between: GUESSED, freedom: LENT_FREEDOM };
    const blend = (mine: number, all: number): number => (own * mine + lent * all) / (own + lent);
    const moderated = blend(beta.between, between);
    return {
      variance: Math.max(0, moderated - blend(beta.explained, explained)),
      between: moderated,
      freedom: own + lent,
    };
  });
}

/** A beta against another: how much more it wins, with the standard error. Shares. */
export interface Difference {
  readonly mean: number;
  readonly error: number;
  readonly freedom: number;
}

/**
 * The difference of two betas, paired over prompts. Its variance has two parts: that of the mean over prompts, which
 * holds the sampling of prompts and of answers, and training noise, which more prompts do not lower. Degrees of freedom
 * are Satterthwaite's.
 */
export function difference(
  a: BetaEstimate,
  b: BetaEstimate,
  noiseOfA: TrainingNoise,
  noiseOfB: TrainingNoise,
): Difference {
  const count = a.byPrompt.length;
  const mean = a.mean - b.mean;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    squares += ((a.byPrompt[index] ?? 0) - (b.byPrompt[index] ?? 0) - mean) ** 2;
  }
  const overPrompts = squares / Math.max(1, count - 1) / count;
  const variance =
    overPrompts +
    noiseOfA.variance / a.seeds +
    noiseOfB.variance / b.seeds +
    leastVariance(a) +
    leastVariance(b);
  const doubts =
    overPrompts ** 2 / Math.max(1, count - 1) +
    (noiseOfA.between / a.seeds) ** 2 / noiseOfA.freedom +
    (noiseOfB.between / b.seeds) ** 2 / noiseOfB.freedom;
  return { mean, error: Math.sqrt(variance), freedom: Math.max(1, Math.min(1e6, variance ** 2 / doubts)) };
}

/** As one more answer won and one more lost would add: few answers that all agree are no proof of certainty. */
function leastVariance({ answers }: BetaEstimate): number {
  return 0.5 / (answers + 2) ** 2;
}

const QUANTILES = new Map<string, number>();

/** The t value that a one-sided bound takes for an error of `share`. Degrees of freedom are rounded down, to keep few. */
export function criticalValue(freedom: number, share: number): number {
  const rounded = freedom < 20 ? Math.floor(10 * freedom) / 10 : Math.min(1000, Math.floor(freedom));
  const key = `${rounded} ${share}`;
  const known = QUANTILES.get(key) ?? studentQuantile(1 - share, rounded);
  QUANTILES.set(key, known);
  return known;
}
