import { at } from '../at';
import type { Tensor } from '../graph';
import { GraphError, inWords, type Shape } from '../shape';
import { zeros } from './reduce';

/** Elements `start` to `end` (exclusive) along an axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const length = at(x.shape, axis);
  if (start === 0 && end === length) return x;
  if (!(start >= 0 && start < end && end <= length)) {
    throw new GraphError(`Slice: ${start} to ${end} is no part of axis ${axis} of ${inWords(x.shape)}`);
  }
  const index = (value: number) => x.graph.constant([value], [1], 'int64');
  return x.graph.node({
    operator: 'Slice',
    inputs: [x, index(start), index(end), index(axis)],
    shape: withLength(x.shape, axis, end - start),
    gradients: [
      (dy) => {
        const padding = (count: number) => (count > 0 ? [zeros(x, withLength(x.shape, axis, count))] : []);
        return concatenate([...padding(start), dy, ...padding(length - end)], axis);
      },
    ],
  });
}

/** Tensors that differ in the length of one axis, one after another along it. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  const first = at(parts, 0);
  if (parts.length === 1) return first;
  let total = 0;
  const rules = parts.map((part) => {
    const rest = withLength(part.shape, axis, 0).join();
    if (rest !== withLength(first.shape, axis, 0).join()) {
      throw new GraphError(
        `Concat: ${inWords(part.shape)} does not continue ${inWords(first.shape)} on axis ${axis}`,
      );
    }
    const start = total;
    total += at(part.shape, axis);
    const end = total;
    return (dy: Tensor) => slice(dy, axis, start, end);
  });
  return first.graph.node({
    operator: 'Concat',
    inputs: parts,
    shape: withLength(first.shape, axis, total),
    attributes: { axis },
    gradients: rules,
  });
}

function withLength(shape: Shape, axis: number, length: number): Shape {
  return shape.map((other, index) => (index === axis ? length : other));
}
