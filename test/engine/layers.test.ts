import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/engine/autodiff';
import { Graph, type Tensor } from '../../src/engine/graph';
import { attention } from '../../src/engine/layers/attention';
import { queryBlocks } from '../../src/engine/layers/attention-mask';
import { geglu, swiglu } from '../../src/engine/layers/gated-unit';
import { rmsNorm } from '../../src/engine/layers/rms-norm';
import { rotate } from '../../src/engine/layers/rotary';
import { tokenLogProbabilities } from '../../src/engine/layers/token-log-probabilities';
import { rotationTables } from '../../src/engine/model/rope-frequencies';
import { unary } from '../../src/engine/ops/elementwise';
import { gemm } from '../../src/engine/ops/matmul';
import { sumAll } from '../../src/engine/ops/reduce';
import { checkGradient } from './support/finite-differences';

type Build = (variables: Tensor[], graph: Graph) => Tensor;

const norm: Build = ([x, w]) => rmsNorm(x as Tensor, w as Tensor, 1e-5);
const unit: Build = ([gate, up]) => swiglu(gate as Tensor, up as Tensor);
const geluUnit: Build = ([gate, up]) => geglu(gate as Tensor, up as Tensor);
const rotation =
  (size: number): Build =>
  ([x], graph) => {
    const { cos, sin } = rotationTables({ theta: 100, scaling: { kind: 'default' } }, size, 4);
    return rotate(x as Tensor, {
      cos: graph.constant(cos, [1, 4, 1, size]),
      sin: graph.constant(sin, [1, 4, 1, size]),
    });
  };
const attend =
  (blockSize: number, windowSize = 5, cap?: number): Build =>
  ([q, k, v], graph) => {
    const segments = graph.constant([0, 0, 1, 1, 2, 0, 1, 1, 2, 2], [2, 5]);
    const positions = graph.constant([0, 1, 2, 3, 2, 0, 1, 2, 1, 2], [2, 5], 'int64');
    const blocks = queryBlocks(segments, { size: windowSize, positions }, blockSize);
    return attention(q as Tensor, k as Tensor, v as Tensor, blocks, { cap });
  };
const head =
  (chunkRows: number, cap?: number): Build =>
  ([h, e], graph) => {
    const targets = graph.constant([4, 0, 4, 1, 2], [5], 'int64');
    return tokenLogProbabilities(h as Tensor, e as Tensor, targets, cap, chunkRows);
  };

describe('layers with a gradient of their own, against finite differences', () => {
  it.each([
    ['RMS norm', [[3, 5], [5]], norm],
    [
      'SwiGLU',
      [
        [3, 4],
        [3, 4],
      ],
      unit,
    ],
    [
      'GeGLU',
      [
        [3, 4],
        [3, 4],
      ],
      geluUnit,
    ],
    ['rotary embedding', [[2, 4, 3, 6]], rotation(6)],
    ['rotary embedding of a part of each head', [[2, 4, 3, 6]], rotation(4)],
    [
      'attention, three query heads a key head',
      [
        [2, 2, 15, 4],
        [2, 2, 5, 4],
        [2, 2, 5, 4],
      ],
      attend(5),
    ],
    [
      'attention, queries in blocks of 2, 2 and 1',
      [
        [2, 2, 15, 4],
        [2, 2, 5, 4],
        [2, 2, 5, 4],
      ],
      attend(2),
    ],
    [
      'attention with a window of 2 and capped scores',
      [
        [2, 2, 15, 4],
        [2, 2, 5, 4],
        [2, 2, 5, 4],
      ],
      attend(2, 2, 0.7),
    ],
    [
      'vocabulary head with capped logits',
      [
        [5, 4],
        [6, 4],
      ],
      head(2, 0.8),
    ],
    [
      'vocabulary head, one chunk',
      [
        [5, 4],
        [6, 4],
      ],
      head(5),
    ],
    [
      'vocabulary head, chunks of 2, 2 and 1 rows',
      [
        [5, 4],
        [6, 4],
      ],
      head(2),
    ],
  ] as [string, number[][], Build][])('%s', async (_, shapes, build) => {
    for (const seed of [1, 2]) expect(await checkGradient(shapes, build, undefined, seed)).toBeLessThan(1e-6);
  });
});

describe('differentiation', () => {
  it('notices a wrong rule: the check itself works', async () => {
    const wrong: Build = ([x]) => unary('Exp', x as Tensor, (dy) => dy);
    expect(await checkGradient([[4]], wrong)).toBeGreaterThan(0.1);
  });

  it('computes nothing for what needs no gradient', () => {
    const graph = new Graph('float32');
    const frozen = graph.input('frozen', [3, 3]);
    const x = graph.variable(graph.input('x', [2, 3]));
    const y = gemm(gemm(frozen, frozen), x, { transposeB: true });
    expect(graph.tape).toHaveLength(1);
    const before = graph.tape.length;
    gradients(sumAll(y), [x]);
    expect(graph.tape.length - before).toBe(2); // only the sum itself: a reduction and a reshape
  });

  it('refuses what it cannot do', () => {
    const graph = new Graph('float32');
    const x = graph.variable(graph.input('x', [2, 3]));
    expect(() => gradients(x, [x])).toThrow(
      'only a scalar can be differentiated, not a tensor of shape [2, 3]',
    );
    expect(() => gradients(sumAll(x), [graph.variable(graph.input('y', [1]))])).toThrow(
      'does not depend on y',
    );
    expect(() => unary('Sign', x)).toThrow('Sign has no gradient for its input 0');
  });
});
