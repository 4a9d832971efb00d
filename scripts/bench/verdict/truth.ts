import { mixSeeds, type SeededRandom } from '../../../src/core/seeded-random';
import type { TrueCurve } from './curves';
import { density, normalDistribution, probit } from './normal';

/** How much chances to win differ, as standard deviations on the probit scale. */
export interface Spread {
  readonly prompt: number;
  readonly betaByPrompt: number;
  readonly trainingByPrompt: number;
  /** Share of ties, where an answer is as likely to win as to lose, halved. */
  readonly ties: number;
}

/** A sweep as it truly is. */
export interface TrueSweep {
  readonly betas: readonly {
    readonly beta: number;
    /** Over all trainings and prompts: a share. */
    readonly winRate: number;
    /** On the probit scale, before prompts and trainings. */
    readonly level: number;
    /** What one training adds to it. */
    trained(random: SeededRandom, normal: () => number): number;
  }[];
  readonly spread: Spread;
}

/** Where sweeps are drawn from: one curve, or a family of them. */
export interface Truth {
  readonly name: string;
  readonly key: number;
  draw(random: SeededRandom): TrueSweep;
}

export const USUAL: Spread = { prompt: 0.6, betaByPrompt: 0.15, trainingByPrompt: 0.1, ties: 0.2 };

/** A share of trainings that fail, and by how much they lower the chance: on the probit scale. */
export interface Collapse {
  readonly share: number;
  readonly depth: number;
}

export function truthOf(curve: TrueCurve, index: number): Truth {
  const sweep = sweepOf(curve, USUAL);
  return { name: curve.name, key: mixSeeds(index), draw: () => sweep };
}

/**
 * Levels for which the mean over prompts and trainings is the true win rate: the mean of Phi(a + normal noise) is
 * Phi(a / sqrt(1 + variance)).
 */
export function sweepOf({ betas }: TrueCurve, spread: Spread, collapse?: Collapse): TrueSweep {
  const variance = spread.prompt ** 2 + spread.betaByPrompt ** 2 + spread.trainingByPrompt ** 2;
  return {
    spread,
    betas: betas.map(({ beta, winRate, training }) => {
      const center = probit(winRate);
      // Seen over prompts, a training's shift is damped: so it is made larger to show as much as the curve says.
      const shift = (training / density(center)) * Math.sqrt(1 + variance);
      const level = center * Math.sqrt(1 + variance + shift ** 2);
      const share = collapse?.share ?? 0;
      const fallen = level - (collapse?.depth ?? 0);
      const damping = Math.sqrt(1 + variance + shift ** 2);
      return {
        beta,
        winRate: share === 0 ? winRate : (1 - share) * winRate + share * normalDistribution(fallen / damping),
        level,
        trained: (random, normal) =>
          shift * normal() - (share > 0 && random.next() < share ? level - fallen : 0),
      };
    }),
  };
}
