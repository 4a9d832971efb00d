import { gridAround } from './grid';

/** Arms that would tell more. */
export interface NextRuns {
  /** Largest first. */
  readonly betas: readonly number[];
  /** Seeds that each of them should have in all. */
  readonly seeds: number;
}

/** What was tried of one beta. */
interface TriedBeta {
  readonly beta: number;
  readonly seeds: number;
  /** Why it is past the cliff. */
  readonly degenerate: string | undefined;
}

/** With fewer the spread itself is a guess. */
const SEEDS = 3;

/**
 * What to run next: where the best beta lies at an edge, or everything is past the cliff, two steps beyond; else the best
 * again and the betas beside it, with three seeds or two more than there are.
 */
export function nextRuns<T extends TriedBeta>(
  betas: readonly T[],
  best: T | undefined,
): NextRuns | undefined {
  const [largest, smallest] = [betas[0], betas.at(-1)];
  if (!largest || !smallest) return undefined;
  const seeds = Math.max(SEEDS, largest.seeds);
  if (!best) {
    const pastCliff = betas.every((row) => row.degenerate !== undefined);
    return pastCliff ? { betas: above(largest.beta), seeds: largest.seeds } : undefined;
  }
  if (betas.length > 1 && best === largest) return { betas: [...above(best.beta), best.beta], seeds };
  if (betas.length > 1 && best === smallest) return { betas: [best.beta, ...below(best.beta)], seeds };
  const index = betas.indexOf(best);
  const near = betas.slice(Math.max(0, index - 1), index + 2).map(({ beta }) => beta);
  return { betas: near.length > 1 ? near : gridAround(best.beta), seeds: Math.max(SEEDS, best.seeds + 2) };
}

/** All of them again, with three seeds or two more than there are. */
export function moreSeeds(betas: readonly TriedBeta[]): NextRuns {
  const seeds = Math.max(SEEDS, 2 + Math.max(...betas.map((row) => row.seeds)));
  return { betas: betas.map(({ beta }) => beta), seeds };
}

function above(beta: number): number[] {
  return gridAround(beta).filter((value) => value > beta);
}

function below(beta: number): number[] {
  return gridAround(beta).filter((value) => value < beta);
}
