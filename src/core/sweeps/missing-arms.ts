import { isLive, type ShownState } from '../runs/liveness';
import type { Arm } from './arms';
import type { NextRuns } from './next-runs';

/** An arm that is there, and how it is. */
export interface ArmThere extends Arm {
  readonly state: ShownState;
}

/**
 * The arms that are still to be trained, so that each beta has so many seeds in all: one seed of every beta, then the
 * next. Arms that are completed, or go on, are not trained again.
 *
 * @param firstSeed where nothing is there yet; else seeds count from the lowest
 */
export function missingArms(
  { betas, seeds }: NextRuns,
  there: readonly ArmThere[],
  firstSeed: number,
): Arm[] {
  const first = there.length > 0 ? Math.min(...there.map(({ seed }) => seed)) : firstSeed;
  const rounds = betas.map((beta) => {
    const known = new Set(there.filter((arm) => arm.beta === beta && counts(arm)).map(({ seed }) => seed));
    const missing: Arm[] = [];
    for (let seed = first; known.size < seeds; seed++) {
      if (known.has(seed)) continue;
      known.add(seed);
      missing.push({ beta, seed });
    }
    return missing;
  });
  // Rounds are aligned at their ends: a beta that lacks more seeds begins earlier.
  return [...Array(seeds).keys()].flatMap((round) =>
    rounds.flatMap((arms) => arms[round - seeds + arms.length] ?? []),
  );
}

function counts({ state }: ArmThere): boolean {
  return state === 'completed' || isLive(state);
}
