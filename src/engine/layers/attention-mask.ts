import type { Graph, Tensor } from '../graph';
import { relu } from '../ops/activations';
import { cast } from '../ops/cast';
import { add, multiply, square, subtract } from '../ops/elementwise';
import { reshape } from '../ops/reshape';
import { slice } from '../ops/slice';

/** Added to a score, makes its probability 0 in float32, too. */
export const MASKED = -1e9;

/** Queries at some positions of a line, from `start` to `end` exclusive, who see no key at `end` or after. */
export interface QueryBlock {
  readonly start: number;
  readonly end: number;
  /** Added to the scores: [lines, 1, end - start, 1, end], or without leading axes where all lines have the same. */
  readonly mask: Tensor;
}

/** More blocks save little, and each has a price. */
const MOST_BLOCKS = 4;
const SMALLEST_BLOCK = 128;
/** Lengths of blocks are multiples of it. */
const BLOCK_STEP = 32;

/**
 * 0 where query i may see key j, j <= i, and large and negative elsewhere: min(0, i - j) * 1e9, computed by the graph
 * so that the model file does not grow with the square of the length.
 *
 * @returns [end - start, 1, end]: queries from `start` to `end`, query heads of a group, keys
 */
export function causalMask(graph: Graph, start: number, end: number): Tensor {
  const positions = [...Array(end).keys()];
  const queries = graph.constant(positions.slice(start), [end - start, 1, 1]);
  return multiply(relu(subtract(graph.constant(positions, [1, 1, end]), queries)), MASKED);
}

/**
 * Lines cut into blocks of queries: with n blocks, (n - 1) / 2n of all pairs of a query and a key are left out as out of
 * sight. Within a block, query i may see key j where j <= i, and j lies in segment 0, which all see, or in the segment
 * of i. With a window, i - j is smaller than it, measured in positions of a sequence: on a line with two, they are
 * fewer than columns.
 *
 * @param segments [lines, length], of 0, 1 and 2
 * @param window its size in tokens and the positions, int64 [lines, length]
 */
export function queryBlocks(
  segments: Tensor,
  window?: { readonly size: number; readonly positions: Tensor },
  size = blockSize(segments.shape[1] ?? 0),
): readonly QueryBlock[] {
  const [lines = 0, length = 0] = segments.shape;
  const windowed =
    window && window.size < length
      ? { size: window.size, positions: cast(window.positions, segments.elementType) }
      : undefined;
  return Array.from({ length: Math.ceil(length / size) }, (_, index) => {
    const [start, end] = [index * size, Math.min(length, (index + 1) * size)];
    const ofQueries = (x: Tensor) => reshape(slice(x, 1, start, end), [lines, 1, end - start, 1, 1]);
    const ofKeys = (x: Tensor) => reshape(slice(x, 1, 0, end), [lines, 1, 1, 1, end]);
    const key = ofKeys(segments);
    const apart = multiply(multiply(key, square(subtract(ofQueries(segments), key))), MASKED);
    const mask = add(apart, causalMask(segments.graph, start, end));
    if (!windowed) return { start, end, mask };
    const distances = subtract(ofQueries(windowed.positions), ofKeys(windowed.positions));
    return { start, end, mask: add(mask, windowMask(distances, windowed.size)) };
  });
}

/** 0 at distances smaller than the window, MASKED or less beyond. */
export function windowMask(distances: Tensor, window: number): Tensor {
  return multiply(relu(subtract(distances, window - 1)), MASKED);
}

function blockSize(length: number): number {
  const count = Math.min(MOST_BLOCKS, Math.ceil(length / SMALLEST_BLOCK));
  return BLOCK_STEP * Math.ceil(length / count / BLOCK_STEP);
}
