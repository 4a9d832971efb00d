/** Lengths of a tensor's axes, all known while a graph is built; `[]` is a scalar. */
export type Shape = readonly number[];

/** A graph was put together wrongly: shapes or element types that do not fit, or a missing gradient. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `[2, 3]`, as error messages show it. */
export function inWords(shape: Shape): string {
  return shape.length === 0 ? '[] (a scalar)' : `[${shape.join(', ')}]`;
}

/** The shape with leading axes of length 1 up to a given rank. */
export function padded(shape: Shape, rank: number): Shape {
  return [...Array<number>(rank - shape.length).fill(1), ...shape];
}

/**
 * The shape of an elementwise operation: aligned at the last axis, a length of 1 stretches.
 *
 * @throws GraphError when two lengths differ and neither is 1
 */
export function broadcast(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const right = padded(b, rank);
  return padded(a, rank).map((length, axis) => {
    const other = right[axis] ?? 1;
    if (length === other || other === 1) return length;
    if (length === 1) return other;
    throw new GraphError(`${operator}: shapes ${inWords(a)} and ${inWords(b)} do not broadcast`);
  });
}
