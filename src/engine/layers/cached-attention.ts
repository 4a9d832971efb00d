import { at } from '../at';
import type { Tensor } from '../graph';
import { relu, softmax } from '../ops/activations';
import { cast } from '../ops/cast';
import { add, multiply, subtract } from '../ops/elementwise';
import { matmul } from '../ops/matmul';
import { reshape, transposeLast } from '../ops/reshape';
import { concatenate, slice } from '../ops/slice';
import type { AttentionOptions } from './attention';
import { MASKED, windowMask } from './attention-mask';
import { softCap } from './soft-cap';

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
 * The same for layers with a window, [sequences, 1, width, 1, capacity]: a query at position filled + i sees the cache
 * from filled + i - window + 1 on.
 */
export function windowedCacheMask(filled: Tensor, width: number, capacity: number, window: number): Tensor {
  const { graph } = filled;
  const sequences = at(filled.shape, 0);
  const whole = reshape(cacheMask(filled, capacity), [sequences, 1, 1, 1, capacity]);
  const counts = reshape(cast(filled, graph.computeType), [sequences, 1, 1, 1, 1]);
  const queries = add(counts, graph.constant([...Array(width).keys()], [1, 1, width, 1, 1]));
  const keys = graph.constant([...Array(capacity).keys()], [1, 1, 1, 1, capacity]);
  return add(whole, windowMask(subtract(queries, keys), window));
}

/**
 * Attention to a cache and to the new tokens themselves. The two kinds of scores are joined, not the keys: joining
 * those would copy the cache at every step. Not differentiated.
 *
 * @param q [sequences, keyValueHeads, width * group, headSize]
 * @param fresh of the `width` new tokens
 * @param masks of the cache, [sequences, 1, 1, capacity] or [sequences, 1, width, 1, capacity]; of the new tokens,
 *   [width, 1, width], causal
 */
export function cachedAttention(
  q: Tensor,
  cache: KeysAndValues,
  fresh: KeysAndValues,
  masks: { readonly cache: Tensor; readonly fresh: Tensor },
  { scale = 1, cap }: AttentionOptions,
): Tensor {
  const [sequences = 0, keyValueHeads = 0, rows = 0] = q.shape;
  const capacity = at(cache.keys.shape, 2);
  const width = at(fresh.keys.shape, 2);
  const scaled = multiply(q, scale);
  const scores = (keys: Tensor, mask: Tensor) => {
    const raw = matmul(scaled, transposeLast(keys));
    const values = softCap(raw, cap)?.values ?? raw;
    if (mask.shape.length === 4) return add(values, mask);
    const byQueryHead = [sequences, keyValueHeads, width, rows / width, at(keys.shape, 2)];
    return reshape(add(reshape(values, byQueryHead), mask), values.shape);
  };
  const joined = concatenate([scores(cache.keys, masks.cache), scores(fresh.keys, masks.fresh)], 3);
  const p = softmax(joined);
  return add(
    matmul(slice(p, 3, 0, capacity), cache.values),
    matmul(slice(p, 3, capacity, capacity + width), fresh.values),
  );
}
