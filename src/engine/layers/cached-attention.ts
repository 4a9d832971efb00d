import { at } from '../at';
import type { Tensor } from '../graph';
import { relu, softmax } from '../ops/activations';
import { cast } from '../ops/cast';
import { add, multiply, subtract } from '../ops/elementwise';
import { matmul } from '../ops/matmul';
import { reshape, transposeLast } from '../ops/reshape';
import { concatenate, slice } from '../ops/slice';
import { MASKED } from './attention-mask';

/** Keys and values, both [sequences, keyValueHeads, positions, headSize]. */
export interface KeysAndValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/**
 * 0 for filled cache positions and MASKED or less for others, [sequences, 1, 1, capacity].
 *
 * @param filled int64 [sequences]: how many positions at the start of each sequence's cache hold something
 */
export function cacheMask(filled: Tensor, capacity: number): Tensor {
  const { graph } = filled;
  const counts = reshape(cast(filled, graph.computeType), [at(filled.shape, 0), 1, 1, 1]);
  const positions = graph.constant([...Array(capacity).keys()], [1, 1, 1, capacity]);
  return multiply(relu(subtract(add(positions, 1), counts)), MASKED);
}

/**
 * Attention to a cache and to the new tokens themselves. The two kinds of scores are joined, not the keys: joining
 * those would copy the cache at every step. Not differentiated.
 *
 * @param q [sequences, keyValueHeads, width * group, headSize]
 * @param fresh of the `width` new tokens
 * @param freshMask [width, 1, width], causal
 */
export function cachedAttention(
  q: Tensor,
  cache: KeysAndValues,
  fresh: KeysAndValues,
  mask: Tensor,
  freshMask: Tensor,
  scale: number,
): Tensor {
  const [sequences = 0, keyValueHeads = 0, rows = 0] = q.shape;
  const capacity = at(cache.keys.shape, 2);
  const width = at(fresh.keys.shape, 2);
  const scaled = multiply(q, scale);
  const cacheScores = add(matmul(scaled, transposeLast(cache.keys)), mask);
  const byQueryHead = [sequences, keyValueHeads, width, rows / width, width];
  const freshScores = add(reshape(matmul(scaled, transposeLast(fresh.keys)), byQueryHead), freshMask);
  const joined = concatenate([cacheScores, reshape(freshScores, [sequences, keyValueHeads, rows, width])], 3);
  const p = softmax(joined);
  return add(
    matmul(slice(p, 3, 0, capacity), cache.values),
    matmul(slice(p, 3, capacity, capacity + width), fresh.values),
  );
}
