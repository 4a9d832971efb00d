import { at } from '../at';
import type { Tensor } from '../graph';
import { add, multiply, negate } from '../ops/elementwise';
import { reshape } from '../ops/reshape';

/** Cosines and signed sines of the angles at each position; both stretch to [lines, length, heads, headSize]. */
export interface Rotation {
  readonly cos: Tensor;
  /** The first half of the last axis holds -sin, the second +sin. */
  readonly sin: Tensor;
}

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864) in the layout of Hugging Face's Llama: element i of a head
 * is paired with element i + headSize / 2, and the pair (a, b) becomes (a cos - b sin, b cos + a sin). The gradient
 * is the rotation backwards, by the negative angle.
 *
 * @param x [lines, length, heads, headSize]
 */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  const turn = (v: Tensor, signedSin: Tensor) => add(multiply(v, cos), multiply(swapHalves(v), signedSin));
  const y = x.graph.untracked(() => turn(x, sin));
  return x.graph.differentiable('Rotate', y, [x], [(dy) => turn(dy, negate(sin))]);
}

/** (a, b) becomes (b, a) along the last axis, in one pass. Not differentiable. */
function swapHalves(x: Tensor): Tensor {
  const halves = [...x.shape.slice(0, -1), 2, at(x.shape, -1) / 2];
  const swapped = x.graph.node({
    operator: 'Gather',
    inputs: [reshape(x, halves), x.graph.constant([1, 0], [2], 'int64')],
    shape: halves,
    attributes: { axis: x.shape.length - 1 },
  });
  return reshape(swapped, x.shape);
}
