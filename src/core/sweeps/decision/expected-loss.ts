import { SeededRandom } from '../../seeded-random';
import type { BetaEstimate, TrainingNoise } from './comparison';

/** What is known of the betas that are still open, and how it would change. */
export interface Knowledge {
  readonly estimates: readonly BetaEstimate[];
  readonly noise: readonly TrainingNoise[];
  /** Variance of a single answer around the mean of its prompt: shares squared. */
  readonly within: number;
  /** Betas one step beyond the grid: the open beta that each lies next to, as an index. */
  readonly beyond: readonly number[];
  /** Standard deviation of the win rate from a beta to the next one: a share. */
  readonly roughness: number;
}

/** How many times more of each there would be. */
export interface Growth {
  readonly answers: number;
  readonly prompts: number;
  readonly seeds: number;
}

export const AS_IT_IS: Growth = { answers: 1, prompts: 1, seeds: 1 };

export interface Outlook {
  /** What the beta with the best estimate loses on average to the one that is truly best: a share. */
  readonly loss: number;
  /** Of each beta, the chance to be the best of those tried. */
  readonly chances: readonly number[];
}

const DRAWS = 2000;

/**
 * Draws the true win rates from what is known: normal around the estimates, with the covariance over prompts and the
 * training noise, both as they would be after more work. The same random numbers serve every growth.
 */
export function outlook(knowledge: Knowledge, growth: Growth): Outlook {
  const { estimates, beyond, roughness } = knowledge;
  const factor = cholesky(covariance(knowledge, growth));
  const means = estimates.map(({ mean }) => mean);
  const chosen = means.indexOf(Math.max(...means));
  const counts = means.map(() => 0);
  const normal = normals(20_240_717);
  let loss = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const z = means.map(() => normal());
    const truth = means.map((mean, row) =>
      (factor[row] ?? []).reduce((sum, weight, column) => sum + weight * (z[column] ?? 0), mean),
    );
    const best = Math.max(...truth);
    counts[truth.indexOf(best)] = (counts[truth.indexOf(best)] ?? 0) + 1;
    const outside = beyond.map((index) => (truth[index] ?? 0) + roughness * normal());
    loss += Math.max(best, ...outside) - (truth[chosen] ?? 0);
  }
  return {
    loss: loss / DRAWS,
    chances: counts.map((count) => count / DRAWS),
  };
}

function covariance({ estimates, noise, within }: Knowledge, growth: Growth): number[][] {
  const prompts = estimates[0]?.byPrompt.length ?? 1;
  return estimates.map((a, row) =>
    estimates.map((b, column) => {
      let sum = 0;
      for (let index = 0; index < prompts; index++) {
        sum += ((a.byPrompt[index] ?? 0) - a.mean) * ((b.byPrompt[index] ?? 0) - b.mean);
      }
      const overPrompts = sum / Math.max(1, prompts - 1) / prompts;
      if (row !== column) return overPrompts / growth.prompts;
      // Of the variance over prompts, the part of answers falls with answers; at least a little stays.
      const ofAnswers = Math.min(within / a.answers, 0.95 * overPrompts);
      const more = growth.answers * growth.seeds;
      const trained = noise[row]?.variance ?? 0;
      return (
        (overPrompts - ofAnswers + ofAnswers / more) / growth.prompts +
        trained / a.seeds / growth.seeds +
        1e-9
      );
    }),
  );
}

/** Lower triangle; a direction without variance gets none. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = matrix.map((row) => row.map(() => 0));
  matrix.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      let rest = row[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (lower[i]?.[k] ?? 0) * (lower[j]?.[k] ?? 0);
      const line = lower[i] as number[];
      if (i === j) line[j] = Math.sqrt(Math.max(0, rest));
      else line[j] = (lower[j]?.[j] ?? 0) > 0 ? rest / (lower[j]?.[j] ?? 1) : 0;
    }
  });
  return lower;
}

/** A reproducible stream of standard normal numbers (Box and Muller). */
function normals(seed: number): () => number {
  const random = new SeededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
