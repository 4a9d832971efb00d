import { at } from '../at';
import type { Tensor } from '../graph';
import { softmax } from '../ops/activations';
import { add, logarithm, multiply, subtract } from '../ops/elementwise';
import { gather, scatterAdd } from '../ops/gather';
import { gemm } from '../ops/matmul';
import { reduceMax, reduceSum } from '../ops/reduce';
import { concatenate, slice } from '../ops/slice';
import { softCap } from './soft-cap';

/** Logits of so many tokens and vocabulary entries are held at a time: 64 MB in float32. */
const CHUNK_ELEMENTS = 2 ** 24;

/**
 * log p(target) for each row of hidden states, in nats: log softmax(h E^T) at the target, without keeping the logits.
 *
 * Rows are taken in chunks. The forward pass keeps p E of each, [rows, width], from p = softmax(h E^T); then for any
 * dy that comes later
 *
 *     dh = dy (E[target] - p E)
 *     dE[target] += dy h,  dE -= p^T (dy h)
 *
 * The log of the normaliser is max(logit) - log(max p). Only a trainable E keeps p itself, [rows, vocabulary].
 *
 * @param hidden [rows, width], after the final norm
 * @param embedding [vocabulary, width]: the output head, or the tied input embedding
 * @param targets int64 [rows], token numbers
 * Capped logits z = cap tanh(h E^T / cap) have the slope s = 1 - tanh^2: p E becomes (p s) E, and E[target] is
 * multiplied by the slope at the target.
 *
 * @param cap of logits
 * @param chunkRows rows whose logits exist at a time
 * @returns [rows, 1]
 */
export function tokenLogProbabilities(
  hidden: Tensor,
  embedding: Tensor,
  targets: Tensor,
  cap?: number,
  chunkRows = Math.max(16, Math.floor(CHUNK_ELEMENTS / at(embedding.shape, 0))),
): Tensor {
  const { graph } = hidden;
  const [rows = 0, width = 0] = hidden.shape;
  const vocabulary = at(embedding.shape, 0);
  const needsGradient = hidden.requiresGradient || embedding.requiresGradient;

  const { chunks, targetRows, summaries, targetCap, y } = graph.untracked(() => {
    const parts = ranges(rows, chunkRows).map(([start, end]) => {
      const raw = gemm(slice(hidden, 0, start, end), embedding, { transposeB: true });
      const capped = softCap(raw, cap);
      const logits = capped?.values ?? raw;
      const p = softmax(logits);
      const logNormaliser = subtract(reduceMax(logits, [1]), logarithm(reduceMax(p, [1])));
      // In one tensor: else the runtime puts p E off to the backward pass and holds every chunk's p until then.
      const pulls = capped && needsGradient ? multiply(p, capped.slope()) : p;
      const summary = hidden.requiresGradient
        ? concatenate([logNormaliser, gemm(pulls, embedding)], 1)
        : logNormaliser;
      return { start, end, pulls, summary };
    });
    const all = concatenate(
      parts.map((part) => part.summary),
      0,
    );
    const gathered = gather(embedding, targets);
    const raw = reduceSum(multiply(hidden, gathered), [1]);
    const capped = softCap(raw, cap);
    const logps = subtract(capped?.values ?? raw, slice(all, 1, 0, 1));
    return { chunks: parts, targetRows: gathered, summaries: all, targetCap: capped, y: logps };
  });

  return graph.differentiable(
    'TokenLogProbabilities',
    y,
    [hidden, embedding],
    [
      (dy) => {
        const pulled = targetCap ? multiply(targetRows, targetCap.slope()) : targetRows;
        return multiply(dy, subtract(pulled, slice(summaries, 1, 1, 1 + width)));
      },
      (dy) => {
        const weighted = multiply(dy, hidden);
        const pushedDown = chunks
          .map(({ start, end, pulls }) => gemm(pulls, slice(weighted, 0, start, end), { transposeA: true }))
          .reduce((sum, part) => add(sum, part));
        const pulled = targetCap ? multiply(weighted, targetCap.slope()) : weighted;
        return subtract(scatterAdd(pulled, targets, vocabulary), pushedDown);
      },
    ],
  );
}

/** [0, size), [size, 2 size), ... up to a total. */
function ranges(total: number, size: number): [number, number][] {
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => [
    index * size,
    Math.min(total, (index + 1) * size),
  ]);
}
