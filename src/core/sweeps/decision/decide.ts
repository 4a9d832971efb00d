import {
  type BetaEstimate,
  criticalValue,
  type Difference,
  difference,
  estimate,
  type TrainingNoise,
  trainingNoise,
} from './comparison';
import { isChoosing, type OutcomeTable } from './outcomes';

/** What the held-out prompts prove of the beta that is taken. Shares. */
export interface Proof {
  readonly beta: number;
  readonly winRate: number;
  /** 95 % interval of the win rate. */
  readonly from: number;
  readonly to: number;
  /** With 95 % confidence it loses at most this much to any other beta tried; 0 where it is better than all. */
  readonly losesAtMost: number;
  readonly prompts: number;
}

/** Why no beta is taken. */
export type Doubt = 'no outcomes' | 'one beta' | 'one seed' | 'few prompts' | 'not shown';

export interface Decision {
  readonly taken: Proof | undefined;
  readonly doubt: Doubt | undefined;
}

/** Fewer held-out prompts cannot carry a proof. */
const FEWEST_PROMPTS = 5;
/** What may go wrong: a beta taken that loses more than the tolerance. */
const ERROR = 0.05;

/**
 * Which beta to take. A fifth of the prompts chooses which betas come into question; the others prove. A beta is proven
 * where it loses less than the tolerance to every other with 95 % confidence: each comparison is made at that level, and
 * all have to hold (an intersection-union test, Berger 1982). Where several betas come into question they share the 5 %.
 * Of several that are proven the largest is taken: it stays closest to the reference.
 *
 * @param tolerance a share
 */
export function decide(table: OutcomeTable, tolerance: number): Decision {
  const { betas, prompts } = table;
  const none = (doubt: Doubt): Decision => ({ taken: undefined, doubt });
  if (betas.length === 0 || prompts.length === 0) return none('no outcomes');
  if (betas.length === 1) return none('one beta');
  if (betas.every(({ arms }) => arms.length < 2)) return none('one seed');
  const part = (chooses: boolean): number[] =>
    allOf(prompts).filter((index) => isChoosing(prompts[index] ?? '') === chooses);
  const [choosing, proving] = [part(true), part(false)];
  if (proving.length < FEWEST_PROMPTS) return none('few prompts');
  const choice = choosing.length < 2 ? undefined : new Comparison(table, choosing);
  const candidates = allOf(betas).filter(
    (index) => (betas[index]?.arms.length ?? 0) >= 2 && (choice?.comesIntoQuestion(index, tolerance) ?? true),
  );
  const proof = new Comparison(table, proving);
  // Betas come largest first.
  const share = ERROR / candidates.length;
  const taken = candidates.find((index) => proof.mostLoss(index, share) < tolerance);
  return taken === undefined ? none('not shown') : { taken: proof.proofOf(taken, share), doubt: undefined };
}

/** Betas that are not worse than another with 95 % confidence in all comparisons together, largest first. */
export function openBetas(table: OutcomeTable): number[] {
  const comparison = new Comparison(table, allOf(table.prompts));
  const share = ERROR / Math.max(1, table.betas.length - 1);
  return table.betas.flatMap(({ beta }, index) => (comparison.isExcluded(index, share) ? [] : [beta]));
}

/**
 * The beta that loses least at worst: the one with the smallest upper bound of its loss to any other. Undefined without
 * outcomes, or where none has a second seed.
 */
export function safestBeta(table: OutcomeTable): number | undefined {
  const comparison = new Comparison(table, allOf(table.prompts));
  const bounds = table.betas.flatMap(({ beta, arms }, index) =>
    arms.length < 2 ? [] : [{ beta, loss: comparison.mostLoss(index, ERROR) }],
  );
  const [first, ...others] = bounds;
  return first && others.reduce((top, one) => (one.loss < top.loss ? one : top), first).beta;
}

/** All betas on some of the prompts. */
export class Comparison {
  readonly estimates: readonly BetaEstimate[];
  readonly noise: readonly TrainingNoise[];

  constructor(
    { betas }: OutcomeTable,
    private readonly prompts: readonly number[],
  ) {
    this.estimates = betas.map((beta) => estimate(beta, prompts));
    this.noise = trainingNoise(this.estimates);
  }

  /** Whether another beta is better with 95 % confidence. */
  isExcluded(index: number, share: number): boolean {
    return this.others(index).some(
      ({ mean, error, freedom }) => mean + criticalValue(freedom, share) * error < 0,
    );
  }

  /** Whether its estimate lies within the tolerance of every other. */
  comesIntoQuestion(index: number, tolerance: number): boolean {
    return this.others(index).every(({ mean }) => -mean <= tolerance);
  }

  /** Upper bound of what a beta loses to any other; infinite where training noise is not known. */
  mostLoss(index: number, share: number): number {
    return Math.max(
      ...this.others(index).map(({ mean, error, freedom }) => {
        const bound = criticalValue(freedom, share) * error - mean;
        return Number.isNaN(bound) ? Number.POSITIVE_INFINITY : bound;
      }),
    );
  }

  proofOf(index: number, share: number): Proof {
    const { beta, mean, byPrompt, seeds } = this.estimates[index] as BetaEstimate;
    const { variance, between, freedom } = this.noise[index] as TrainingNoise;
    const count = byPrompt.length;
    const overPrompts = byPrompt.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count;
    const error = overPrompts + variance / seeds;
    const doubts = overPrompts ** 2 / (count - 1) + (between / seeds) ** 2 / freedom;
    const reach = criticalValue(Math.max(1, error ** 2 / doubts), ERROR / 2) * Math.sqrt(error);
    return {
      beta,
      winRate: mean,
      from: Math.max(0, mean - reach),
      to: Math.min(1, mean + reach),
      losesAtMost: Math.max(0, this.mostLoss(index, share)),
      prompts: this.prompts.length,
    };
  }

  private others(index: number): Difference[] {
    return this.estimates.flatMap((_, other) => (other === index ? [] : [this.between(index, other)]));
  }

  private between(a: number, b: number): Difference {
    const { estimates, noise } = this;
    return difference(
      estimates[a] as BetaEstimate,
      estimates[b] as BetaEstimate,
      noise[a] as TrainingNoise,
      noise[b] as TrainingNoise,
    );
  }
}

function allOf(list: readonly unknown[]): number[] {
  return [...list.keys()];
}
