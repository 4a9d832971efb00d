import { at } from '../at';
import type { Graph, Tensor } from '../graph';
import { relu, softmax } from '../ops/activations';
import { add, multiply, negate, square, subtract } from '../ops/elementwise';
import { matmul } from '../ops/matmul';
import { expand, reduceSum } from '../ops/reduce';
import { reshape, transposeLast } from '../ops/reshape';
import { concatenate } from '../ops/slice';

/** Added to a score, makes its probability 0 in float32, too. */
export const MASKED = -1e9;

/**
 * 0 where query i may see key j, j <= i, and large and negative elsewhere: min(0, i - j) * 1e9, computed by the graph
 * so that the model file does not grow with the square of the length.
 *
 * @returns [length, length]
 */
export function causalMask(graph: Graph, length: number): Tensor {
  const positions = [...Array(length).keys()];
  const [queries, keys] = [graph.constant(positions, [length, 1]), graph.constant(positions, [1, length])];
  return multiply(relu(subtract(keys, queries)), MASKED);
}

/**
 * 0 where query i may see key j and large and negative elsewhere: j <= i, and j lies in segment 0, which all see, or
 * in the segment of i.
 *
 * @param segments [lines, length], of 0, 1 and 2
 * @returns [lines, 1, 1, length, length]
 */
export function segmentMask(segments: Tensor): Tensor {
  const [lines = 0, length = 0] = segments.shape;
  const ofQueries = reshape(segments, [lines, 1, 1, length, 1]);
  const ofKeys = reshape(segments, [lines, 1, 1, 1, length]);
  const apart = multiply(ofKeys, square(subtract(ofQueries, ofKeys)));
  return add(multiply(apart, MASKED), causalMask(segments.graph, length));
}

/**
 * Attention, O = P V with P = softmax(Q K^T / sqrt(d) + mask). Query heads that share a key head lie one after another
 * on one axis, so grouped-query attention (Ainslie et al., arXiv 2305.13245) needs no copies of keys and values.
 *
 *     dV = P^T dO
 *     dS = P * (dO V^T - rowsum(dO * O))      scores S before the softmax
 *     dQ = dS K,  dK = dS^T Q
 *
 * The row sum over the head's d elements replaces the softmax's own, over all keys (Dao et al., arXiv 2205.14135). It is
 * taken off by the product itself, as one more element of a head: [dO, -rowsum] [V, 1]^T.
 *
 * @param q [lines, keyValueHeads, group * length, headSize]
 * @param k and v, both [lines, keyValueHeads, length, headSize]
 * @param mask [length, length], or one for each line of the batch: [lines, 1, 1, length, length]
 * @returns the shape of q
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor {
  const scaled = multiply(q, 1 / Math.sqrt(at(q.shape, -1)));
  const [p, o] = q.graph.untracked(() => {
    const probabilities = softmax(masked(matmul(scaled, transposeLast(k)), mask));
    return [probabilities, matmul(probabilities, v)] as const;
  });
  const scoreGradient = once((dO: Tensor) => {
    const rowSum = reduceSum(multiply(dO, o), [3]);
    const longer = concatenate([dO, negate(rowSum)], 3);
    const ones = expand(v.graph.constant([1], []), [...v.shape.slice(0, 3), 1]);
    return multiply(p, matmul(longer, transposeLast(concatenate([v, ones], 3))));
  });
  return q.graph.differentiable(
    'Attention',
    o,
    [scaled, k, v],
    [
      (dO) => matmul(scoreGradient(dO), k),
      (dO) => matmul(transposeLast(scoreGradient(dO)), scaled),
      (dO) => matmul(transposeLast(p), dO),
    ],
  );
}

/** Adds the mask for every query head of a group: scores are [lines, keyValueHeads, group * length, length]. */
function masked(scores: Tensor, mask: Tensor): Tensor {
  const [lines = 0, keyValueHeads = 0, rows = 0, length = 0] = scores.shape;
  const apart = reshape(scores, [lines, keyValueHeads, rows / length, length, length]);
  return reshape(add(apart, mask), scores.shape);
}

/** A function whose result, once computed, serves later calls: several gradients share it. */
function once<A, R>(compute: (argument: A) => R): (argument: A) => R {
  let result: { readonly value: R } | undefined;
  return (argument) => {
    result ??= { value: compute(argument) };
    return result.value;
  };
}
