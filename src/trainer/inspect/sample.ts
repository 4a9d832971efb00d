import type { PairSplit } from '../../core/panels/pairs-page';
import { SeededRandom } from '../../core/seeded-random';
import type { LoadedPairs } from '../data/load-pairs';
import type { LoadedPair } from '../data/loaded-pair';
import type { Device } from '../runtime/device';

/** Pairs that are listed at most. */
export const LISTED = 256;

/** Pairs that are listed at least, however long that takes. */
const LEAST = 32;

/** Multiplications and additions that a list may take, so that it is there within a minute or so on a usual machine. */
const WORK = { cpu: 1e13, other: 2e14 };

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
  listed: number,
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

/**
 * How many pairs can be listed.
 *
 * @param tokens of a sample of `LISTED` pairs, or of all where there are fewer
 * @param parameters of the model
 */
export function affordablePairs(
  tokens: number,
  parameters: number,
  { provider }: Pick<Device, 'provider'>,
): number {
  const work = 2 * parameters * tokens;
  const share = (provider === 'cpu' ? WORK.cpu : WORK.other) / Math.max(1, work);
  return Math.max(LEAST, Math.min(LISTED, Math.floor(share * LISTED)));
}
