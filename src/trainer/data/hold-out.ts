import { SeededRandom } from '../../core/seeded-random';

/**
 * Splits pairs off for evaluation. With n pairs, min(n - 1, max(1, floor(fraction * n + 0.5))) are held out: those whose
 * positions come first in `new SeededRandom(seed).permutation(n)`. Both parts keep the order of the data. The generator is
 * mulberry32 and the permutation a Fisher-Yates shuffle from the end, see `core/seeded-random.ts`, so that another
 * language can hold out the same pairs.
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
