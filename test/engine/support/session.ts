import '../../../src/node/models/no-telemetry';
import * as ort from 'onnxruntime-node';
import type { TensorInfo } from '../../../src/engine/onnx/model';

/** What a session is given: the bytes of a model and the names, types and shapes of its ends. */
export interface Runnable {
  readonly bytes: Uint8Array;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/** Values by tensor name. */
export type Values = Readonly<Record<string, ArrayLike<number> | BigInt64Array>>;

/** A loaded graph that takes and gives plain numbers, whatever its element types. */
export class TestSession {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly graph: Runnable,
  ) {}

  /** From the bytes, unless the model lies in a file beside its weights. */
  static async load(
    graph: Runnable,
    externalData: readonly ExternalFile[] = [],
    threads = 1,
    modelFile?: string,
  ): Promise<TestSession> {
    const options: ort.InferenceSession.SessionOptions = {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // The runtime's fused operators exist in float32 only.
      graphOptimizationLevel: graph.inputs.some(({ elementType }) => elementType === 'float64')
        ? 'basic'
        : 'all',
      externalData: [...externalData],
    };
    const session = modelFile
      ? await ort.InferenceSession.create(modelFile, options)
      : await ort.InferenceSession.create(graph.bytes, options);
    return new TestSession(session, graph);
  }

  /** Runs once; every input must be given. */
  async run(values: Values): Promise<Record<string, Float64Array>> {
    const feeds = Object.fromEntries(
      this.graph.inputs.map((info) => {
        const given = values[info.name];
        if (!given) throw new Error(`the test gives no input ${info.name}`);
        return [info.name, tensorOf(info, given)];
      }),
    );
    const results = await this.session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [
        name,
        Float64Array.from(tensor.data as ArrayLike<number>, Number),
      ]),
    );
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** Loads, runs once, releases. */
export async function runOnce(graph: Runnable, values: Values): Promise<Record<string, Float64Array>> {
  const session = await TestSession.load(graph);
  try {
    return await session.run(values);
  } finally {
    await session.release();
  }
}

function tensorOf({ elementType, shape }: TensorInfo, values: ArrayLike<number> | BigInt64Array): ort.Tensor {
  const dims = [...shape];
  if (elementType === 'int64')
    return new ort.Tensor('int64', BigInt64Array.from(Array.from(values, BigInt)), dims);
  const numbers = Array.from(values, Number);
  if (elementType === 'float64') return new ort.Tensor('float64', Float64Array.from(numbers), dims);
  return new ort.Tensor('float32', Float32Array.from(numbers), dims);
}
