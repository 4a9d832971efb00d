import type { BuiltGraph } from '../../engine/graphs/built-graph';
import type { TensorInfo } from '../../engine/onnx/model';
import { InferenceSession, Tensor } from '../../node/models/onnxruntime';
import type { Device } from './device';
import { allocationFailure } from './out-of-memory';
import { sessionOptions, type WeightOptions } from './session-options';

/** Values of tensors by their names, in the layout and type that the graph says. */
export type Values = Readonly<Record<string, Float32Array | BigInt64Array>>;
/** What a run gives: everything that graphs here return is float32. */
export type Results = Readonly<Record<string, Float32Array>>;

/** For graphs that hold all their constants themselves. */
export const NO_WEIGHTS: WeightOptions = { weightFolder: '.', conversion: 'once' };

/** A graph that is loaded and can be run. */
export class GraphSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly graph: BuiltGraph,
  ) {}

  /** @throws TrainingError when memory does not suffice */
  static async load(
    graph: BuiltGraph,
    device: Device,
    weights: WeightOptions = NO_WEIGHTS,
  ): Promise<GraphSession> {
    try {
      const session = await InferenceSession.create(graph.bytes, sessionOptions(device, weights));
      return new GraphSession(session, graph);
    } catch (error) {
      throw allocationFailure(error, batchOf(graph)) ?? error;
    }
  }

  /**
   * Runs once. Other work of the process has its turn before it, and none during it.
   *
   * @param values all inputs of the graph; others are passed over
   * @param into where outputs are to be written instead of into new arrays; none may be an input, too
   * @throws TrainingError when memory does not suffice
   */
  async run(values: Values, into: Results = {}): Promise<Results> {
    const feeds = Object.fromEntries(
      this.graph.inputs.map((info) => {
        const value = values[info.name];
        if (!value) throw new Error(`no value for the input ${info.name}`);
        return [info.name, asTensor(info, value)];
      }),
    );
    const fetches = Object.fromEntries(
      this.graph.outputs.map((info) => {
        const target = into[info.name];
        return [info.name, target ? asTensor(info, target) : null];
      }),
    );
    try {
      const results = await this.session.run(feeds, fetches);
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]),
      );
    } catch (error) {
      throw allocationFailure(error, batchOf(this.graph)) ?? error;
    }
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** What a graph computes, for people. */
function batchOf({ inputs }: BuiltGraph): string {
  const tokens = inputs.find(({ name }) => name === 'tokens');
  return tokens
    ? `a batch of ${tokens.shape.join(' x ')} tokens`
    : 'the parameters and the state of the optimizer';
}

function asTensor({ name, elementType, shape }: TensorInfo, value: Float32Array | BigInt64Array): Tensor {
  if (value instanceof BigInt64Array) return new Tensor('int64', value, [...shape]);
  if (elementType !== 'float32') throw new Error(`${name} is ${elementType}, and is given float32`);
  return new Tensor('float32', value, [...shape]);
}
