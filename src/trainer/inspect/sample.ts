import type { PairSplit } from '../../core/panels/pairs-page';
import { SeededRandom } from '../../core/seeded-random';
import type { LoadedPairs } from '../data/load-pairs';
import type { LoadedPair } from '../data/loaded-pair';

/** Pairs that are listed at most: a list shall be there within seconds for a small model, within minutes for a large one. */
const LISTED = 256;

export interface SplitPair {
  readonly split: PairSplit;
  readonly loaded: LoadedPair;
}

/**
 * Pairs to list: half of them held out where there are so many, chosen at random, the same each time. In the order of the
 * data, pairs to train on first.
 */
export function samplePairs(
  { train, eval: held }: Pick<LoadedPairs, 'train' | 'eval'>,
  listed = LISTED,
): SplitPair[] {
  const ofHeld = Math.min(held.length, Math.max(listed / 2, listed - train.length));
  return [...some('train', train, listed - ofHeld), ...some('eval', held, ofHeld)];
}

function some(split: PairSplit, pairs: readonly LoadedPair[], count: number): SplitPair[] {
  const chosen = new SeededRandom(0).permutation(pairs.length).slice(0, count);
  return chosen
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const loaded = pairs[index];
      return loaded ? [{ split, loaded }] : [];
    });
}

export function idOf({ split, loaded }: SplitPair): string {
  return `${split}-${loaded.row}`;
}
