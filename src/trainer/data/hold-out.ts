import { SeededRandom } from '../../core/seeded-random';

/**
 * Splits pairs off for evaluation. Of n pairs, min(n - 1, max(1, floor(fraction * n + 0.5))) are held out, those whose
 * positions come first in a random order of 0 to n - 1; both parts keep the order of the data. Another language holds
 * out the same pairs with this generator (mulberry32, 32-bit unsigned arithmetic that wraps around) and shuffle
 * (Fisher-Yates):
 *
 *     state = seed
 *     uniform():  state = state + 0x6d2b79f5
 *                 mixed = (state ^ state >> 15) * (state | 1)
 *                 mixed = mixed ^ (mixed + (mixed ^ mixed >> 7) * (mixed | 61))
 *                 return (mixed ^ mixed >> 14) / 2^32
 *     for last = n - 1 down to 1:  swap order[last] and order[floor(uniform() * (last + 1))]
 *
 * @param fraction share held out, in [0, 1); nothing is held out at 0
 * @param seed `training.seed`
 */
export function holdOut<T>(
  pairs: readonly T[],
  fraction: number,
  seed: number,
): { readonly train: readonly T[]; readonly heldOut: readonly T[] } {
  if (fraction === 0) return { train: pairs, heldOut: [] };
  const wanted = Math.max(1, Math.floor(fraction * pairs.length + 0.5));
  const count = Math.min(pairs.length - 1, wanted);
  const positions = new Set(new SeededRandom(seed).permutation(pairs.length).slice(0, count));
  return {
    train: pairs.filter((_, position) => !positions.has(position)),
    heldOut: pairs.filter((_, position) => positions.has(position)),
  };
}
