import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readLlamaConfig } from '../../core/model-config/llama-config';
import { SeededRandom } from '../../core/seeded-random';
import { at } from '../../engine/at';
import { scoringInputs } from '../../engine/batch';
import { Graph } from '../../engine/graph';
import { type BuiltGraph, finish } from '../../engine/graphs/built-graph';
import { buildPreferenceTraining } from '../../engine/graphs/training';
import { trainedLayout } from '../../engine/model/layout';
import { multiply } from '../../engine/ops/elementwise';
import { matmul } from '../../engine/ops/matmul';
import type { Device } from './device';
import { GraphSession, NO_WEIGHTS, type Values } from './graph-session';
import {
  PROVIDER_PROGRAM,
  type ProviderAnswer,
  type ProviderMeasurement,
  type ProviderRequest,
} from './provider-child';

import { sessionOptions } from './session-options';

/** Largest difference to the processor that is put down to rounding, relative to the norm of what is compared. */
const TOLERANCE = 1e-3;
/** A driver that has not answered by then hangs. */
const RIGHT_WITHIN_MS = 60_000;
/** A driver that emulates graphics hardware takes longer: half a second is what a slow processor takes. */
const FAST_WITHIN_MS = 10_000;
/** The first run of a session compiles. */
const RUNS = 3;

/**
 * Has a provider compute a training step of a small model.
 *
 * @param processor what it is compared with
 * @returns why it is not to be used, as the end of a sentence; undefined where it is right
 */
export async function providerFault(device: Device, processor: Device): Promise<string | undefined> {
  const work = trainingWork();
  const answer = await askChild(device, work, RIGHT_WITHIN_MS);
  if ('error' in answer) return answer.error;
  const expected = await onProcessor(work, processor);
  for (const name of ['loss', 'gradients_out']) {
    const difference = relativeDifference(answer.outputs[name] ?? [], expected.outputs[name] ?? []);
    if (!(difference < TOLERANCE)) {
      const what = name === 'loss' ? 'loss' : 'gradient';
      return `its ${what} differs from the processor's by ${difference.toExponential(1)} of it`;
    }
  }
  return undefined;
}

/** Whether a provider multiplies matrices faster than the processor does. */
export async function isFaster(device: Device, processor: Device): Promise<boolean> {
  const work = productWork();
  const answer = await askChild(device, work, FAST_WITHIN_MS);
  if ('error' in answer) return false;
  return answer.milliseconds < (await onProcessor(work, processor)).milliseconds;
}

interface Work {
  readonly graph: BuiltGraph;
  readonly values: Values;
}

/** A step on two pairs, where every weight of a small model is trained. */
function trainingWork(): Work {
  const config = readLlamaConfig({
    architectures: ['LlamaForCausalLM'],
    vocab_size: 61,
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    rms_norm_eps: 1e-5,
  });
  const tuning = { kind: 'full' } as const;
  const random = new SeededRandom(1);
  const { slices, size: count } = trainedLayout(config, tuning);
  const parameters = new Float32Array(count).map(() => 0.6 * (random.next() - 0.5));
  for (const { shape, offset, size } of slices) {
    if (shape.length === 1) parameters.fill(1, offset, offset + size);
  }
  const sequences = Array.from({ length: 4 }, () => ({
    tokens: Array.from({ length: 12 }, () => Math.floor(61 * random.next())),
    promptLength: 4,
  }));
  const size = { sequences: 4, length: 12, slots: 36 };
  const weights = () => {
    throw new Error('every weight is trained');
  };
  return {
    graph: buildPreferenceTraining({ config, tuning, weights }, size, 'sigmoid'),
    values: {
      ...scoringInputs(sequences, size, 2),
      parameters,
      gradients_in: new Float32Array(count),
      reference_logps: Float32Array.of(-30, -31, -29, -33),
      lengths: new Float32Array(4).fill(1),
      reference_lengths: new Float32Array(4).fill(1),
      pair_weights: new Float32Array(2).fill(0.5),
      sft_weights: new Float32Array(2).fill(0.01),
      beta: Float32Array.of(0.1),
      label_smoothing: Float32Array.of(0),
    },
  };
}

/** Eight products of 512 x 1024 by 1024 x 1024, 8.6 GFLOP: what most of a training step consists of. */
function productWork(): Work {
  const graph = new Graph('float32');
  const weights = graph.input('weights', [1024, 1024]);
  let x = graph.input('x', [512, 1024]);
  for (let count = 0; count < 8; count++) x = multiply(matmul(x, weights), 1 / 1024);
  graph.output('y', x);
  const ones = ([rows = 0, columns = 0]: readonly number[]) => new Float32Array(rows * columns).fill(1);
  return { graph: finish(graph), values: { x: ones(x.shape), weights: ones(weights.shape) } };
}

async function onProcessor({ graph, values }: Work, processor: Device): Promise<ProviderMeasurement> {
  const session = await GraphSession.load(graph, processor);
  let outputs = await session.run(values);
  let milliseconds = Number.POSITIVE_INFINITY;
  for (let run = 1; run < RUNS; run++) {
    const start = performance.now();
    outputs = await session.run(values);
    milliseconds = Math.min(milliseconds, performance.now() - start);
  }
  await session.release();
  return { outputs, milliseconds };
}

function askChild(device: Device, work: Work, patience: number): Promise<ProviderAnswer> {
  const child = spawn(process.execPath, ['--eval', PROVIDER_PROGRAM], {
    // Typed arrays stay what they are.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ error: `its test did not end within ${patience / 1000} seconds` });
      child.kill('SIGKILL');
    }, patience);
    child.once('message', (answer: ProviderAnswer) => resolve(answer));
    child.once('error', (error) => resolve({ error: `its test could not be started (${error.message})` }));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ error: `it ended its test process (${signal ?? `exit code ${code}`})` });
    });
    // Of a child that died at once, `exit` tells more than the failure to send.
    child.send(requestFor(device, work), () => {});
  });
}

function requestFor(device: Device, { graph, values }: Work): ProviderRequest {
  return {
    runtime: createRequire(import.meta.url).resolve('onnxruntime-node'),
    options: sessionOptions(device, NO_WEIGHTS),
    model: graph.bytes,
    inputs: graph.inputs.flatMap(({ name, elementType, shape }) => {
      const data = values[name];
      return data ? [{ name, type: elementType, data, dims: shape }] : [];
    }),
    runs: RUNS,
  };
}

/** |a - b| / |b| */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || b.length === 0) return Number.POSITIVE_INFINITY;
  let [difference, norm] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (at(a, i) - at(b, i)) ** 2;
    norm += at(b, i) ** 2;
  }
  return Math.sqrt(difference / norm);
}
