import type { Tensor } from '../graph';
import { broadcast, GraphError, inWords, padded, type Shape, sameShape } from '../shape';
import { reshape } from './reshape';

/** Sum along axes, which stay with length 1. */
export function reduceSum(x: Tensor, axes: readonly number[]): Tensor {
  if (axes.length === 0) return x;
  return x.graph.node({
    operator: 'ReduceSum',
    inputs: [x, axesTensor(x, axes)],
    shape: reducedShape(x, axes),
    attributes: { keepdims: 1 },
    gradients: [(dy) => expand(dy, x.shape)],
  });
}

/** Sum of squares along axes, which stay with length 1: one pass, where squares and a sum are two. Not differentiable. */
export function reduceSumSquare(x: Tensor, axes: readonly number[]): Tensor {
  return x.graph.node({
    operator: 'ReduceSumSquare',
    inputs: [x, axesTensor(x, axes)],
    shape: reducedShape(x, axes),
    attributes: { keepdims: 1 },
  });
}

/** Largest element along axes, which stay with length 1. Not differentiable. */
export function reduceMax(x: Tensor, axes: readonly number[]): Tensor {
  return x.graph.node({
    operator: 'ReduceMax',
    inputs: [x, axesTensor(x, axes)],
    shape: reducedShape(x, axes),
    attributes: { keepdims: 1 },
  });
}

/** The sum of all elements, a scalar. */
export function sumAll(x: Tensor): Tensor {
  return reshape(reduceSum(x, [...x.shape.keys()]), []);
}

/** Axes of length 1 stretched, as broadcasting does. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameShape(broadcast('Expand', x.shape, shape), shape)) {
    throw new GraphError(`Expand: ${inWords(x.shape)} does not stretch to ${inWords(shape)}`);
  }
  return x.graph.node({
    operator: 'Expand',
    inputs: [x, x.graph.constant(shape, [shape.length], 'int64')],
    shape,
    gradients: [(dy) => sumTo(dy, x.shape)],
  });
}

/** Undoes broadcasting: sums over the axes along which a tensor of `shape` was stretched to that of x. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const target = padded(shape, x.shape.length);
  const stretched = [...x.shape.keys()].filter((axis) => target[axis] === 1 && x.shape[axis] !== 1);
  return reshape(reduceSum(x, stretched), shape);
}

export function zeros(x: Tensor, shape: Shape): Tensor {
  return expand(x.graph.constant([0], []), shape);
}

function axesTensor(x: Tensor, axes: readonly number[]): Tensor {
  if (axes.some((axis) => x.shape[axis] === undefined)) {
    throw new GraphError(`Reduce: ${inWords(x.shape)} has not all of the axes [${axes.join(', ')}]`);
  }
  return x.graph.constant(axes, [axes.length], 'int64');
}

function reducedShape(x: Tensor, axes: readonly number[]): Shape {
  return x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}
