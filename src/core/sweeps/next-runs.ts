import { gridAround } from './grid';

/** Arms that would say more. */
export interface NextRuns {
  /** Largest first. */
  readonly betas: readonly number[];
  /** Seeds that each of them should have in all. */
  readonly seeds: number;
}

/** Where everything is past the cliff: two steps up. */
export function betasAbove(beta: number): number[] {
  return gridAround(beta).filter((value) => value > beta);
}
