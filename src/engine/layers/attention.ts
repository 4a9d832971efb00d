import { at } from '../at';
import type { Tensor } from '../graph';
import { softmax } from '../ops/activations';
import { add, multiply, negate } from '../ops/elementwise';
import { matmul } from '../ops/matmul';
import { expand, reduceSum, zeros } from '../ops/reduce';
import { reshape, transposeLast } from '../ops/reshape';
import { concatenate, slice } from '../ops/slice';
import type { QueryBlock } from './attention-mask';
import { softCap } from './soft-cap';

export interface AttentionOptions {
  /** Factor of queries times keys; 1 / sqrt(headSize) unless given. */
  readonly scale?: number;
  /** Scores become cap tanh(score / cap). */
  readonly cap?: number | undefined;
}

/**
 * Attention, O = P V with P = softmax(scale Q K^T + mask). Query heads that share a key head lie beside each other
 * at every position, so grouped-query attention (Ainslie et al., arXiv 2305.13245) needs no copies of keys and values.
 *
 *     dV = P^T dO
 *     dS = P * (dO V^T - rowsum(dO * O))      scores S before the softmax
 *     dQ = dS K,  dK = dS^T Q
 *
 * The row sum over the head's d elements replaces the softmax's own, over all keys (Dao et al., arXiv 2205.14135). It is
 * taken off by the product itself, as one more element of a head: [dO, -rowsum] [V, 1]^T. Where scores are capped, dS
 * is multiplied by the slope of the cap. Each block of queries is
 * computed by itself, with the keys that it can see.
 *
 * @param q [lines, keyValueHeads, length * group, headSize]
 * @param k and v, both [lines, keyValueHeads, length, headSize]
 * @param blocks all queries, in their order
 * @returns the shape of q
 */
export function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  blocks: readonly QueryBlock[],
  { scale = 1 / Math.sqrt(at(q.shape, 3)), cap }: AttentionOptions = {},
): Tensor {
  const [group, length] = [at(q.shape, 2) / at(k.shape, 2), at(k.shape, 2)];
  const queriesOf = (x: Tensor, { start, end }: QueryBlock) => slice(x, 2, start * group, end * group);
  const keysOf = (x: Tensor, { end }: QueryBlock) => slice(x, 2, 0, end);
  const scaled = multiply(q, scale);

  const [p, capped, o] = q.graph.untracked(() => {
    const scores = blocks.map((block) => matmul(queriesOf(scaled, block), transposeLast(keysOf(k, block))));
    const caps = scores.map((raw) => softCap(raw, cap));
    const probabilities = blocks.map((block, index) =>
      softmax(masked(caps[index]?.values ?? at(scores, index), block.mask)),
    );
    const outputs = blocks.map((block, index) => matmul(at(probabilities, index), keysOf(v, block)));
    return [probabilities, caps, concatenate(outputs, 2)] as const;
  });

  const scoreGradients = once((dO: Tensor) => {
    const longer = concatenate([dO, negate(reduceSum(multiply(dO, o), [3]))], 3);
    const ones = expand(v.graph.constant([1], []), [...v.shape.slice(0, 3), 1]);
    const longerValues = concatenate([v, ones], 3);
    return blocks.map((block, index) => {
      const products = matmul(queriesOf(longer, block), transposeLast(keysOf(longerValues, block)));
      const ofCapped = multiply(at(p, index), products);
      const slope = capped[index]?.slope();
      return slope ? multiply(ofCapped, slope) : ofCapped;
    });
  });
  const summedOverBlocks = (ofBlock: (block: QueryBlock, index: number) => Tensor) =>
    blocks
      .map((block, index) => lengthened(ofBlock(block, index), length))
      .reduce((sum, part) => add(sum, part));

  return q.graph.differentiable(
    'Attention',
    o,
    [scaled, k, v],
    [
      (dO) =>
        concatenate(
          scoreGradients(dO).map((dS, index) => matmul(dS, keysOf(k, at(blocks, index)))),
          2,
        ),
      (dO) => {
        const dS = scoreGradients(dO);
        return summedOverBlocks((block, index) =>
          matmul(transposeLast(at(dS, index)), queriesOf(scaled, block)),
        );
      },
      (dO) => summedOverBlocks((block, index) => matmul(transposeLast(at(p, index)), queriesOf(dO, block))),
    ],
  );
}

/** Adds the mask for every query head of a group: scores are [lines, keyValueHeads, queries * group, keys]. */
function masked(scores: Tensor, mask: Tensor): Tensor {
  const [lines = 0, keyValueHeads = 0, rows = 0, keys = 0] = scores.shape;
  const queries = at(mask.shape, -3);
  const apart = reshape(scores, [lines, keyValueHeads, queries, rows / queries, keys]);
  return reshape(add(apart, mask), scores.shape);
}

/** With zeros for the keys that a block does not see: [lines, keyValueHeads, length, headSize]. */
function lengthened(x: Tensor, length: number): Tensor {
  const [lines = 0, keyValueHeads = 0, seen = 0, headSize = 0] = x.shape;
  return seen === length ? x : concatenate([x, zeros(x, [lines, keyValueHeads, length - seen, headSize])], 2);
}

/** A function whose result, once computed, serves later calls: several gradients share it. */
function once<A, R>(compute: (argument: A) => R): (argument: A) => R {
  let result: { readonly value: R } | undefined;
  return (argument) => {
    result ??= { value: compute(argument) };
    return result.value;
  };
}
