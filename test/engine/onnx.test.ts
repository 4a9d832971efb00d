import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/engine/graph';
import { encodeModel } from '../../src/engine/onnx/model';
import { cast } from '../../src/engine/ops/cast';
import { add } from '../../src/engine/ops/elementwise';
import { gather, scatterAdd } from '../../src/engine/ops/gather';
import { decodeModel } from './support/decode-onnx';
import { Random } from './support/random';
import { runOnce, TestSession } from './support/session';

describe('encoding', () => {
  it('writes what an independent decoder reads', () => {
    const bytes = encodeModel({
      nodes: [
        {
          operator: 'Gemm',
          inputs: ['a', 'b'],
          output: 'gewichtsprodukt_ß',
          attributes: { transA: 1, alpha: { float: 0.25 }, axis: -1, perm: [0, 2, 300], reduction: 'add' },
        },
      ],
      initializers: [
        {
          name: 'inline',
          elementType: 'float32',
          shape: [2, 1],
          data: new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]),
        },
        {
          name: 'far',
          elementType: 'bfloat16',
          shape: [49_152, 576],
          data: { location: 'model.safetensors', offset: 5_000_000_000, length: 56_623_104 },
        },
        { name: 'scalar', elementType: 'int64', shape: [], data: new Uint8Array(8) },
      ],
      inputs: [{ name: 'a', elementType: 'float64', shape: [128, 70_000] }],
      outputs: [{ name: 'y', elementType: 'int64', shape: [] }],
    });
    expect(decodeModel(bytes)).toEqual({
      format: 10,
      operatorSets: [['', 21]],
      nodes: [
        {
          operator: 'Gemm',
          inputs: ['a', 'b'],
          outputs: ['gewichtsprodukt_ß'],
          attributes: { transA: 1, alpha: { float: 0.25 }, axis: -1, perm: [0, 2, 300], reduction: 'add' },
        },
      ],
      initializers: [
        {
          name: 'inline',
          elementType: 1,
          shape: [2, 1],
          raw: new Uint8Array([0, 0, 128, 63, 0, 0, 0, 64]),
          external: {},
          dataLocation: undefined,
        },
        {
          name: 'far',
          elementType: 16,
          shape: [49_152, 576],
          raw: undefined,
          external: { location: 'model.safetensors', offset: '5000000000', length: '56623104' },
          dataLocation: 1,
        },
        {
          name: 'scalar',
          elementType: 7,
          shape: [],
          raw: new Uint8Array(8),
          external: {},
          dataLocation: undefined,
        },
      ],
      inputs: [{ name: 'a', elementType: 11, shape: [128, 70_000] }],
      outputs: [{ name: 'y', elementType: 7, shape: [] }],
    });
  });

  it('bfloat16 weights outside the model are read behind a cast', async () => {
    const graph = new Graph('float32');
    const weights = graph.external('w', [3], 'bfloat16', { location: 'weights.bin', offset: 2, length: 6 });
    graph.output('y', add(cast(weights, 'float32'), graph.input('x', [3])));
    // bfloat16 is the upper half of a float32: 1 is 0x3f80, -2 is 0xc000, 0.5 is 0x3f00.
    const data = new Uint8Array(Uint16Array.from([0xffff, 0x3f80, 0xc000, 0x3f00]).buffer);
    const session = await TestSession.load(
      { bytes: graph.encode(), inputs: graph.inputs, outputs: graph.outputs },
      [{ path: 'weights.bin', data }],
    );
    expect((await session.run({ x: [10, 10, 10] })).y).toEqual(Float64Array.of(11, 8, 10.5));
    await session.release();
  });
});

describe('rows added up by index', () => {
  it('are all there, on several threads, too', async () => {
    const [rows, width, count] = [2048, 64, 7];
    const graph = new Graph('float32');
    const indices = graph.input('indices', [rows], 'int64');
    graph.output('y', scatterAdd(graph.input('x', [rows, width]), indices, count));
    const random = new Random(5);
    const x = Float64Array.from(random.integers(rows * width, -3, 3));
    const places = random.integers(rows, 0, count - 1);
    const expected = new Float64Array(count * width);
    for (const [i, value] of x.entries()) {
      const cell = (places[Math.floor(i / width)] ?? 0) * width + (i % width);
      expected[cell] = (expected[cell] ?? 0) + value;
    }
    const runnable = { bytes: graph.encode(), inputs: graph.inputs, outputs: graph.outputs };
    const session = await TestSession.load(runnable, [], 4);
    for (let round = 0; round < 10; round++) {
      expect((await session.run({ x, indices: places })).y).toEqual(expected);
    }
    await session.release();
  });
});

describe('mistakes in a graph', () => {
  const graph = new Graph('float32');
  const x = graph.input('x', [2, 3]);

  it('are told with shapes', () => {
    expect(() => add(x, graph.input('y', [4, 3]))).toThrow('Add: shapes [2, 3] and [4, 3] do not broadcast');
    expect(() => add(x, graph.input('i', [3], 'int64'))).toThrow(
      'Add: element types float32 and int64 do not mix',
    );
    expect(() => gather(x, x)).toThrow('indices must be int64 with one axis, not float32 [2, 3]');
  });

  it('a graph runs under the names of its outputs', async () => {
    const small = new Graph('float32');
    small.output('sum', add(small.input('a', [2, 1]), small.constant([1, 2, 3], [3])));
    const results = await runOnce(
      { bytes: small.encode(), inputs: small.inputs, outputs: small.outputs },
      { a: [0, 10] },
    );
    expect(results).toEqual({ sum: Float64Array.of(1, 2, 3, 11, 12, 13) });
  });
});
