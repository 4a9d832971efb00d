/** What the child process is sent. */
export interface ProviderRequest {
  /** File of the package `onnxruntime-node`. */
  readonly runtime: string;
  /** Of the session. */
  readonly options: object;
  readonly model: Uint8Array;
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly data: Float32Array | BigInt64Array;
    readonly dims: readonly number[];
  }[];
  /** The first one is not timed: it compiles. */
  readonly runs: number;
}

export interface ProviderMeasurement {
  readonly outputs: Readonly<Record<string, Float32Array>>;
  /** Of the fastest run. */
  readonly milliseconds: number;
}

/** What it answers, unless it dies. */
export type ProviderAnswer = ProviderMeasurement | { readonly error: string };

/**
 * The program of a process in which a provider is tried, because one that goes wrong may end its process without a
 * word. It is text for `node --eval`, so that it needs no file of its own beside the bundle.
 */
export const PROVIDER_PROGRAM = `
async function measure({ runtime, options, model, inputs, runs }) {
  const ort = require(runtime);
  const session = await ort.InferenceSession.create(model, options);
  const feeds = {};
  for (const { name, type, data, dims } of inputs) feeds[name] = new ort.Tensor(type, data, dims);
  const outputs = {};
  let milliseconds = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const results = await session.run(feeds);
    if (run > 0) milliseconds = Math.min(milliseconds, performance.now() - start);
    for (const name of session.outputNames) outputs[name] = results[name].data;
  }
  return { outputs, milliseconds };
}
process.once('message', async (request) => {
  const answer = await measure(request).catch((error) => ({ error: String(error.message) }));
  process.send(answer, () => process.exit(0));
});
`;
