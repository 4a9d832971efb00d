import { at } from '../../../src/engine/at';
import { gradients } from '../../../src/engine/autodiff';
import { Graph, type Tensor } from '../../../src/engine/graph';
import { multiply } from '../../../src/engine/ops/elementwise';
import { sumAll } from '../../../src/engine/ops/reduce';
import { type Shape, sizeOf } from '../../../src/engine/shape';
import { Random } from './random';
import { TestSession } from './session';

/** The largest difference of two vectors, relative to the largest element of the second. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(at(actual, i) - at(expected, i)));
    scale = Math.max(scale, Math.abs(at(expected, i)));
    if (!Number.isFinite(at(actual, i))) return Number.POSITIVE_INFINITY;
  }
  return difference / Math.max(scale, 1e-12);
}

/**
 * df/dx_i for every i by central differences of fourth order, (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h, whose
 * error in float64 is about 1e-11 of the function's scale.
 */
export async function numericalGradient(
  f: (x: Float64Array) => Promise<number>,
  x: Float64Array,
  indices: Iterable<number> = x.keys(),
  h = 1e-3,
): Promise<Float64Array> {
  const gradient: number[] = [];
  for (const index of indices) {
    const valueAt = (offset: number) => f(x.map((value, i) => (i === index ? value + offset : value)));
    const near = (await valueAt(h)) - (await valueAt(-h));
    const far = (await valueAt(2 * h)) - (await valueAt(-2 * h));
    gradient.push((8 * near - far) / (12 * h));
  }
  return Float64Array.from(gradient);
}

/** Values for the variables of `checkGradient`: where the operation is smooth and well scaled. */
export type Sampler = (random: Random) => number;

/**
 * Builds L = sum(c * f(x1, x2, ...)) with random c in float64, and compares dL/dx of every x with differences.
 *
 * @returns the worst relative error
 */
export async function checkGradient(
  shapes: readonly Shape[],
  build: (variables: Tensor[], graph: Graph) => Tensor,
  sample: Sampler = (random) => random.normal(),
  seed = 1,
): Promise<number> {
  const random = new Random(seed);
  const graph = new Graph('float64');
  const names = shapes.map((_, index) => `x${index}`);
  const variables = shapes.map((shape, index) => graph.variable(graph.input(at(names, index), shape)));
  const y = build(variables, graph);
  const loss = sumAll(multiply(y, graph.constant(random.normals(sizeOf(y.shape)), y.shape)));
  graph.output('loss', loss);
  for (const [index, gradient] of gradients(loss, variables).entries()) graph.output(`dx${index}`, gradient);

  const session = await TestSession.load({
    bytes: graph.encode(),
    inputs: graph.inputs,
    outputs: graph.outputs,
  });
  const start: Record<string, Float64Array> = Object.fromEntries(
    shapes.map((shape, index) => [
      at(names, index),
      Float64Array.from({ length: sizeOf(shape) }, () => sample(random)),
    ]),
  );
  const analytic = await session.run(start);
  let worst = 0;
  for (const [index, name] of names.entries()) {
    const lossAt = async (x: Float64Array) => at((await session.run({ ...start, [name]: x })).loss ?? [], 0);
    const numerical = await numericalGradient(lossAt, start[name] ?? new Float64Array());
    worst = Math.max(worst, relativeError(analytic[`dx${index}`] ?? [], numerical));
  }
  await session.release();
  return worst;
}
