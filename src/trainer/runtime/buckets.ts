import { type ScoringSize, slotsOf, type TokenSequence } from '../../engine/batch';

/** Lengths are multiples of it, so that rows of tensors begin on cache lines. */
const SMALLEST = 32;
/** Scored tokens of a batch come in so many classes a length. */
const SLOT_CLASSES = 4;

/**
 * Graphs have static sizes, so every size needs a session of its own, and making one takes a noticeable fraction of a
 * run. Two sizes an octave (32, 64, 96, 128, 192, 256, 384, 512, ...) and four classes of scored tokens keep it to
 * about a dozen sessions for one maximal length; a sixth of the tokens computed is padding on average.
 */
export function lengthBucket(length: number): number {
  if (length <= 128) return SMALLEST * Math.ceil(length / SMALLEST);
  const octave = 2 ** Math.floor(Math.log2(length - 1));
  return length <= 1.5 * octave ? 1.5 * octave : 2 * octave;
}

/** The size of a graph for a batch. */
export function sizeFor(
  sequences: readonly TokenSequence[],
  endToken: number,
  longest: number | undefined,
  places = sequences.length,
): ScoringSize {
  const needed = Math.max(...sequences.map(({ tokens }) => tokens.length));
  // A model with an attention window takes no longer graph than that.
  const length = Math.max(needed, Math.min(lengthBucket(needed), longest ?? Number.POSITIVE_INFINITY));
  const quantum = Math.ceil((places * length) / SLOT_CLASSES);
  const slots = sequences.reduce((total, sequence) => total + slotsOf(sequence, endToken), 0);
  return { sequences: places, length, slots: quantum * Math.ceil(slots / quantum) };
}

/** Positions of items from the longest to the shortest, equals in their order: neighbours then need little padding. */
export function byLength<T>(items: readonly T[], lengthOf: (item: T) => number): number[] {
  const lengths = items.map(lengthOf);
  return lengths.map((_, index) => index).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
}

/** In order, groups of at most `size`. */
export function grouped<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
