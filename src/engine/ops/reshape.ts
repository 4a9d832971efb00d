import { at } from '../at';
import type { Tensor } from '../graph';
import { GraphError, inWords, type Shape, sameShape, sizeOf } from '../shape';

/** The same elements, in the same order, on other axes. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape)) {
    throw new GraphError(`Reshape: ${inWords(x.shape)} and ${inWords(shape)} differ in number of elements`);
  }
  return x.graph.node({
    operator: 'Reshape',
    inputs: [x, x.graph.constant(shape, [shape.length], 'int64')],
    shape,
    gradients: [(dy) => reshape(dy, x.shape)],
  });
}

/** Axis i of the result is axis `axes[i]` of x. */
export function transpose(x: Tensor, axes: readonly number[]): Tensor {
  const sorted = [...axes].sort((a, b) => a - b);
  if (sorted.length !== x.shape.length || sorted.some((axis, index) => axis !== index)) {
    throw new GraphError(`Transpose: [${axes.join(', ')}] is no order of the axes of ${inWords(x.shape)}`);
  }
  const inverse = axes.map((_, axis) => axes.indexOf(axis));
  return x.graph.node({
    operator: 'Transpose',
    inputs: [x],
    shape: axes.map((axis) => at(x.shape, axis)),
    attributes: { perm: axes },
    gradients: [(dy) => transpose(dy, inverse)],
  });
}

/** The matrices in the last two axes, transposed. */
export function transposeLast(x: Tensor): Tensor {
  const axes = [...x.shape.keys()];
  return transpose(x, [...axes.slice(0, -2), at(axes, -1), at(axes, -2)]);
}
