// node train-own.cjs REQUEST: times training steps, or matrix products, in this process. Prints one JSON object.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { TokenSequence } from '../../src/engine/batch';
import { Graph } from '../../src/engine/graph';
import { trainedLayout } from '../../src/engine/model/layout';
import { linear } from '../../src/engine/ops/matmul';
import * as ort from '../../src/node/models/onnxruntime';
import { openFolder } from '../../src/trainer/models/opened-model';
import { sizeForPairs } from '../../src/trainer/runtime/buckets';
import { type StepPair, TrainingRuntime } from '../../src/trainer/runtime/training-runtime';
import { CONFIG, PAIRS_A_STEP, productsOf, TOKENS_A_SEQUENCE, type TokenPair, TUNING } from './train-setup';

interface Request {
  readonly what: 'training' | 'products';
  readonly model: string;
  readonly pairs: readonly TokenPair[];
  /** Else the prompts of a pair differ in their first token, so that nothing can be shared. */
  readonly samePrompt: boolean;
  readonly profile: 'fast' | 'lean';
}

const threads = availableParallelism();
const OBJECTIVE = {
  loss: 'sigmoid',
  beta: 0.1,
  labelSmoothing: 0,
  lengthNormalized: false,
  sftWeight: 0,
} as const;

async function timeTraining({ model: folder, pairs, samePrompt, profile }: Request) {
  const model = await openFolder('bench', folder);
  const device = { provider: 'cpu', profile, threads, words: '' } as const;
  const runtime = new TrainingRuntime(model, TUNING, OBJECTIVE, device, CONFIG.eos_token_id, PAIRS_A_STEP);
  const layout = trainedLayout(model.config, TUNING);
  const zeros = new Float32Array(layout.size);
  const parameters = zeros.slice();
  for (const { name, offset, size, shape } of layout.slices) {
    const scale = 1 / Math.sqrt(shape[1] ?? 1);
    if (name.includes('lora_A'))
      for (let i = 0; i < size; i++) parameters[offset + i] = scale * Math.sin(offset + i * i);
  }
  runtime.state = { parameters, firstMoments: zeros, secondMoments: zeros };

  const all = pairs.map((pair) => stepPair(pair, samePrompt));
  const times: Times[] = [];
  for (let step = 1; step * PAIRS_A_STEP <= all.length; step++) {
    const batch = all.slice((step - 1) * PAIRS_A_STEP, step * PAIRS_A_STEP);
    const settings = { step, learningRate: 1e-4, weightDecay: 0, maxGradNorm: 1 };
    times.push(await timed(() => runtime.step(batch, settings)));
  }
  await runtime.close();
  const size = sizeForPairs(all.slice(0, PAIRS_A_STEP), CONFIG.eos_token_id, model.config);
  return { times, products: productsOf(size), rows: (size.paired ? 1 : 2) * PAIRS_A_STEP * size.length };
}

/** The two large shapes of a layer, as training multiplies them. */
async function timeProducts() {
  const [rows, width, inner] = [
    2 * PAIRS_A_STEP * TOKENS_A_SEQUENCE,
    CONFIG.hidden_size,
    CONFIG.intermediate_size,
  ];
  const graph = new Graph('float32');
  const up = linear(graph.input('x', [rows, width]), graph.input('up', [inner, width]));
  graph.output('y', linear(up, graph.input('down', [width, inner])));
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(graph.encode(), options);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
      return [name, new ort.Tensor('float32', values, [...shape])];
    }),
  );
  const times: Times[] = [];
  for (let round = 0; round < 60; round++) times.push(await timed(() => session.run(feeds)));
  await session.release();
  return { times, products: 4 * rows * width * inner };
}

function stepPair({ prompt, chosen, rejected }: TokenPair, samePrompt: boolean): StepPair {
  const [first = 0, ...rest] = prompt;
  const other = samePrompt ? prompt : [first === 3 ? 4 : 3, ...rest];
  const sequence = (start: readonly number[], response: readonly number[]): TokenSequence => ({
    tokens: [...start, ...response],
    promptLength: start.length,
  });
  return {
    chosen: sequence(prompt, chosen),
    rejected: sequence(other, rejected),
    reference: { chosen: -700, rejected: -700 },
    referenceTokens: { chosen: chosen.length, rejected: rejected.length },
  };
}

/** Seconds. */
interface Times {
  readonly wall: number;
  /** Of all threads. */
  readonly processor: number;
}

async function timed(run: () => Promise<unknown>): Promise<Times> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await run();
  const used = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1e3, processor: (used.user + used.system) / 1e6 };
}

async function main(): Promise<void> {
  const request: Request = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
  const result = request.what === 'training' ? await timeTraining(request) : await timeProducts();
  const peakBytes = 1024 * process.resourceUsage().maxRSS;
  process.stdout.write(JSON.stringify({ ...result, peakBytes }), () => process.exit());
}

main();
