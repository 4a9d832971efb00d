import { describe, expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import type { Graph, Tensor } from '../../src/engine/graph';
import { relu, sigmoid, softmax, softplus } from '../../src/engine/ops/activations';
import {
  add,
  divide,
  exponential,
  logarithm,
  multiply,
  negate,
  square,
  squareRoot,
  subtract,
} from '../../src/engine/ops/elementwise';
import { gather, selectRows } from '../../src/engine/ops/gather';
import { gemm, linear, matmul } from '../../src/engine/ops/matmul';
import { expand, reduceSum, sumAll } from '../../src/engine/ops/reduce';
import { reshape, transpose } from '../../src/engine/ops/reshape';
import { concatenate, slice } from '../../src/engine/ops/slice';
import type { Shape } from '../../src/engine/shape';
import { checkGradient, type Sampler } from './support/finite-differences';
import { Random } from './support/random';

type Build = (variables: Tensor[], graph: Graph) => Tensor;
const positive: Sampler = (random) => 0.5 + random.next();
/** Away from the corner of relu, where differences do not see the gradient. */
const offZero: Sampler = (random) => (random.next() < 0.5 ? -1 : 1) * (0.1 + random.next());

const unary =
  (f: (x: Tensor) => Tensor): Build =>
  ([x]) =>
    f(at([x as Tensor], 0));
const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): Build =>
  (variables) =>
    f(at(variables, 0), at(variables, 1));

/** Shapes that broadcast to a common one: random axes of either are cut to 1 or left away at the front. */
function broadcastPair(random: Random): Shape[] {
  const full = random.integers(random.integer(1, 4), 1, 3);
  return [0, 1].map(() =>
    full.slice(random.integer(0, full.length - 1)).map((length) => (random.next() < 0.3 ? 1 : length)),
  );
}

describe('gradients against finite differences', () => {
  const elementwise: [string, Build, Sampler?][] = [
    ['add', binary(add)],
    ['subtract', binary(subtract)],
    ['multiply', binary(multiply)],
    ['divide', binary(divide), positive],
  ];
  it.each(elementwise)('%s, broadcasting', async (_, build, sample) => {
    const random = new Random(11);
    for (let round = 0; round < 6; round++) {
      expect(await checkGradient(broadcastPair(random), build, sample, round)).toBeLessThan(1e-6);
    }
  });

  const pointwise: [string, Build, Sampler?][] = [
    ['negate', unary(negate)],
    ['square', unary(square)],
    ['square root', unary(squareRoot), positive],
    ['exponential', unary(exponential)],
    ['logarithm', unary(logarithm), positive],
    ['sigmoid', unary(sigmoid)],
    ['relu', unary(relu), offZero],
    ['softplus', unary(softplus)],
    ['softmax', unary(softmax)],
    ['a number on the left', unary((x) => subtract(1, divide(2, x))), positive],
    ['a tensor used several times', unary((x) => add(multiply(x, sigmoid(x)), x))],
    ['sum of all', unary(sumAll)],
    ['reshape', unary((x) => square(reshape(x, [6, 2])))],
    ['transpose', unary((x) => square(transpose(x, [2, 0, 1])))],
    ['sum over an axis', unary((x) => square(reduceSum(x, [1])))],
    ['sum over several axes', unary((x) => square(reduceSum(x, [0, 2])))],
    ['slice', unary((x) => square(slice(x, 1, 1, 2)))],
    ['slice at the start', unary((x) => square(slice(x, 2, 0, 1)))],
  ];
  it.each(pointwise)('%s', async (_, build, sample) => {
    expect(await checkGradient([[2, 3, 2]], build, sample)).toBeLessThan(1e-6);
  });

  it('expand', async () => {
    const build: Build = unary((x) => square(expand(x, [4, 2, 3])));
    expect(await checkGradient([[2, 1]], build)).toBeLessThan(1e-6);
  });

  it('concatenate', async () => {
    const build: Build = (parts) => square(concatenate(parts, 1));
    expect(
      await checkGradient(
        [
          [2, 1, 3],
          [2, 3, 3],
          [2, 2, 3],
        ],
        build,
      ),
    ).toBeLessThan(1e-6);
  });

  const gemms = [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({ transposeA, transposeB })),
  );
  it.each(gemms)('gemm %j', async (transposes) => {
    const a = transposes.transposeA ? [4, 2] : [2, 4];
    const b = transposes.transposeB ? [3, 4] : [4, 3];
    for (const addend of [[3], [2, 1], [2, 3]]) {
      const build: Build = ([x, w, c]) =>
        gemm(x as Tensor, w as Tensor, { ...transposes, scale: 0.7, addend: c as Tensor });
      expect(await checkGradient([a, b, addend], build)).toBeLessThan(1e-6);
    }
  });

  it('linear', async () => {
    expect(
      await checkGradient(
        [
          [5, 3],
          [2, 3],
        ],
        binary(linear),
      ),
    ).toBeLessThan(1e-6);
  });

  it('matmul of batches', async () => {
    expect(
      await checkGradient(
        [
          [2, 3, 2, 4],
          [2, 3, 4, 2],
        ],
        binary(matmul),
      ),
    ).toBeLessThan(1e-6);
  });

  it('gather, with repeated and unused rows', async () => {
    const build: Build = ([x], graph) =>
      square(gather(x as Tensor, graph.constant([3, 1, 3, 3, 0], [5], 'int64')));
    expect(await checkGradient([[5, 2]], build)).toBeLessThan(1e-6);
  });

  it('select rows', async () => {
    const build: Build = ([x], graph) =>
      square(
        selectRows(
          x as Tensor,
          graph.constant([4, 0, 2], [3], 'int64'),
          graph.constant([1, 3, 2, 3, 0], [5], 'int64'),
        ),
      );
    expect(await checkGradient([[5, 2]], build)).toBeLessThan(1e-6);
  });
});
