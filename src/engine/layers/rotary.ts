import { at } from '../at';
import type { Tensor } from '../graph';
import { add, multiply, negate } from '../ops/elementwise';
import { reshape } from '../ops/reshape';
import { concatenate, slice } from '../ops/slice';

/** Cosines and signed sines of the angles at each position, [lines, length, 1, size]. */
export interface Rotation {
  readonly cos: Tensor;
  /** The first half of the last axis holds -sin, the second +sin. */
  readonly sin: Tensor;
}

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864) in the layout of Hugging Face's Llama: element i of a head
 * is paired with element i + size / 2, and the pair (a, b) becomes (a cos - b sin, b cos + a sin). The gradient
 * is the rotation backwards, by the negative angle. Elements of a head from `size` on stay as they are.
 *
 * @param x [lines, length, heads, headSize]
 */
export function rotate(x: Tensor, rotation: Rotation): Tensor {
  const [size, headSize] = [at(rotation.cos.shape, -1), at(x.shape, -1)];
  if (size === headSize) return rotateWhole(x, rotation);
  return concatenate([rotateWhole(slice(x, 3, 0, size), rotation), slice(x, 3, size, headSize)], 3);
}

function rotateWhole(x: Tensor, { cos, sin }: Rotation): Tensor {
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
