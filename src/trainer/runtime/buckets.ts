import type { LlamaConfig } from '../../core/model-config/llama-config';
import { pairedLength, type ScoringSize, slotsOf, type TokenSequence } from '../../engine/batch';
import { linearShape, linearsOf } from '../../engine/model/parameters';

/** Lengths are multiples of it, in tokens. */
const SMALLEST_STEP = 32;
/** From this length on, four lengths an octave. */
const STEPS_AN_OCTAVE = 4;
/** Scored tokens of a batch come in so many classes a length. */
const SLOT_CLASSES = 4;

/** A pair as a line of a batch sees it. */
interface SequencePair {
  readonly chosen: TokenSequence;
  readonly rejected: TokenSequence;
}

/**
 * The length that a graph is built for: 32, 64, ..., 256, 320, 384, 448, 512, 640, ... Graphs have static sizes, so
 * each size needs a session of its own, and making one takes a fraction of the time of a run. With these lengths, a
 * twelfth of what is computed is padding; lengths up to 1024 have 16 of them, of which sorted batches of a data set
 * meet perhaps half, each with two or three of the four classes of scored tokens. A size follows from the batch
 * alone, never from what sessions there are: arithmetic in another size rounds otherwise, and a resumed run has to
 * repeat the bits of one that was not interrupted.
 */
export function lengthBucket(length: number): number {
  const step = Math.max(SMALLEST_STEP, 2 ** Math.floor(Math.log2(length - 1)) / STEPS_AN_OCTAVE);
  return step * Math.ceil(length / step);
}

/**
 * The size of a graph for sequences, each on a line of its own.
 *
 * @param places lines of the graph; those beyond the sequences stay empty
 */
export function sizeFor(
  sequences: readonly TokenSequence[],
  endToken: number,
  config: LlamaConfig,
  places = sequences.length,
): ScoringSize {
  const length = fittingLength(Math.max(...sequences.map(({ tokens }) => tokens.length)), config);
  return { sequences: places, length, slots: slotBucket(sequences, endToken, places * length) };
}

/** The size of a graph for pairs: both of a pair on one line, their common start once, where that is less work. */
export function sizeForPairs(
  pairs: readonly SequencePair[],
  endToken: number,
  config: LlamaConfig,
): ScoringSize {
  const sequences = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const apart = sizeFor(sequences, endToken, config);
  const needed = Math.max(...pairs.map(({ chosen, rejected }) => pairedLength(chosen, rejected, endToken)));
  const length = lengthBucket(needed);
  const lines = pairs.length;
  // A line with both responses is longer than each, and has no position beyond theirs.
  if (length > (config.longestSequence ?? Number.POSITIVE_INFINITY)) return apart;
  if (lines * workOfLine(length, config) >= 2 * lines * workOfLine(apart.length, config)) return apart;
  const slots = slotBucket(sequences, endToken, lines * length);
  return { sequences: sequences.length, length, slots, paired: true };
}

/** A model whose positions end somewhere takes no graph longer than that. */
function fittingLength(needed: number, { longestSequence = Number.POSITIVE_INFINITY }: LlamaConfig): number {
  return Math.max(needed, Math.min(lengthBucket(needed), longestSequence));
}

/** Multiplications in one layer: attention grows with the square of the length. */
function workOfLine(length: number, config: LlamaConfig): number {
  const linear = linearsOf(config).reduce((sum, kind) => {
    const { inputs, outputs } = linearShape(config, kind);
    return sum + inputs * outputs;
  }, 0);
  return length * (linear + 2 * length * config.heads * config.headSize);
}

function slotBucket(sequences: readonly TokenSequence[], endToken: number, rows: number): number {
  const slots = sequences.reduce((total, sequence) => total + slotsOf(sequence, endToken), 0);
  const quantum = Math.ceil(rows / SLOT_CLASSES);
  return quantum * Math.ceil(slots / quantum);
}

/** Groups of at most `size` of about equal length, the longest first and equals in their order, to need little padding. */
export function inBatches<T>(items: readonly T[], lengthOf: (item: T) => number, size: number): T[][] {
  const sorted = items
    .map((item) => ({ item, length: lengthOf(item) }))
    .sort((a, b) => b.length - a.length)
    .map(({ item }) => item);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, index) =>
    sorted.slice(index * size, (index + 1) * size),
  );
}
