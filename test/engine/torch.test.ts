import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLlamaConfig } from '../../src/core/model-config/llama-config';
import { at } from '../../src/engine/at';
import { scoringInputs } from '../../src/engine/batch';
import { buildDecoding, cacheNames } from '../../src/engine/graphs/decoding';
import { buildOptimizer } from '../../src/engine/graphs/optimizer';
import { buildScoring } from '../../src/engine/graphs/scoring';
import { buildPreferenceTraining } from '../../src/engine/graphs/training';
import { trainedLayout } from '../../src/engine/model/layout';
import type { Model } from '../../src/engine/model/model-tensors';
import { parameterShapes } from '../../src/engine/model/parameters';
import { OBJECTIVES, type Objective } from '../../src/engine/objective-formulas';
import { temporaryFolder } from '../support/temporary-folder';
import { vectors } from '../torch/vectors';
import { relativeError } from './support/finite-differences';
import { Safetensors } from './support/safetensors';
import { type ExternalFile, TestSession } from './support/session';
import { FROZEN, FULL } from './support/tiny-model';

const FIXTURES = vectors('../engine/record_torch.py', path.join(import.meta.dirname, 'fixtures'));

interface RecordedModel {
  config: Record<string, unknown>;
  lastLogits: number[];
  sequenceLogps: number[];
  counts: number[];
  reference: number[];
  losses: Record<Objective, number>;
  gradientNorms: Record<Objective, number>;
}

/** See record_torch.py. */
const recorded: {
  tokens: number[][];
  promptLength: number;
  beta: number;
  labelSmoothing: number;
  models: Record<Name, RecordedModel>;
  ropeVariants: Record<string, { scaling: Record<string, unknown>; sequenceLogps: number[] }>;
  ropeTheta: number;
  trajectory: { loss: number; gradientNorm: number }[];
} = JSON.parse(readFileSync(path.join(FIXTURES, 'torch.json'), 'utf8'));

const NAMES = [
  ...['llama', 'qwen2', 'mistral', 'qwen3', 'olmo2', 'granite', 'smollm3', 'mistral-window', 'qwen2-window'],
  ...['phi3', 'gemma2', 'gemma3'],
] as const;
const WITHOUT_GRADIENTS: readonly Name[] = ['mistral', 'mistral-window', 'qwen2-window'];
type Name = (typeof NAMES)[number];
const SIZE = { sequences: 4, length: 24, slots: 80 };
const TOLERANCE = 1e-4;
/** Of log-probabilities. */
const LOGP_TOLERANCE = 1e-5;

function modelOf(name: Name, tuning: Model['tuning'], config = recorded.models[name].config) {
  const weights = new Safetensors(path.join(FIXTURES, `${name}.safetensors`));
  const model: Model = { config: readLlamaConfig(config), tuning, weights: (key) => weights.place(key) };
  const files: ExternalFile[] = [{ path: `${name}.safetensors`, data: weights.data }];
  const layout = trainedLayout(model.config, tuning);
  const parameters = new Float64Array(layout.size);
  for (const { name: key, offset } of layout.slices) parameters.set(weights.values(key), offset);
  return { model, files, layout, parameters };
}

const batch = () => {
  const sequences = recorded.tokens.map((tokens) => ({ tokens, promptLength: recorded.promptLength }));
  return { ...scoringInputs(sequences, SIZE, 2) };
};

function settings(name: Name, objective: Objective) {
  const { reference, counts } = recorded.models[name];
  const lengths = objective === 'ipo' ? counts : [1, 1, 1, 1];
  return {
    ...batch(),
    reference_logps: reference,
    lengths,
    reference_lengths: lengths,
    pair_weights: [0.5, 0.5],
    sft_weights: [0, 0],
    beta: [recorded.beta],
    label_smoothing: [recorded.labelSmoothing],
  };
}

describe.each(NAMES)('%s as PyTorch computes it, in float32', (name) => {
  const expected = recorded.models[name];

  it('log-probabilities of responses', async () => {
    const { model, files } = modelOf(name, FROZEN);
    const session = await TestSession.load(buildScoring(model, SIZE), files);
    const { sequence_logps: logps = [] } = await session.run(batch());
    expect(relativeError(logps, expected.sequenceLogps)).toBeLessThan(LOGP_TOLERANCE);
    await session.release();
  });

  it('names and shapes of the weights that it saves', () => {
    const { model } = modelOf(name, FROZEN);
    const saved = new Safetensors(path.join(FIXTURES, `${name}.safetensors`)).shapes();
    expect(Object.fromEntries(parameterShapes(model.config))).toEqual(saved);
  });

  it('logits of the next token', async () => {
    const { model, files } = modelOf(name, FROZEN);
    const { keyValueHeads, headSize, layers } = model.config;
    const size = { sequences: 1, width: 24, capacity: 24 };
    const session = await TestSession.load(buildDecoding(model, size), files);
    const empty = new Float64Array(keyValueHeads * 24 * headSize);
    const cache = Object.fromEntries(
      [...Array(layers).keys()].flatMap((layer) => {
        const { keys, values } = cacheNames(layer);
        return [
          [keys, empty],
          [values, empty],
        ];
      }),
    );
    const inputs = { tokens: at(recorded.tokens, 0), filled: [0], last_rows: [23], ...cache };
    const { logits = [] } = await session.run(inputs);
    expect(relativeError(logits, expected.lastLogits)).toBeLessThan(TOLERANCE);
    await session.release();
  });

  it.each(OBJECTIVES)('loss and gradient of %s', async (objective) => {
    const { model, files, layout, parameters } = modelOf(name, FULL);
    const session = await TestSession.load(buildPreferenceTraining(model, SIZE, objective), files);
    const gradients_in = new Float64Array(layout.size);
    const result = await session.run({ ...settings(name, objective), parameters, gradients_in });
    const gradient = result.gradients_out ?? gradients_in;
    expect(relativeError(result.loss ?? [], [expected.losses[objective]])).toBeLessThan(TOLERANCE);
    const norm = Math.hypot(...gradient);
    expect(relativeError([norm], [expected.gradientNorms[objective]])).toBeLessThan(TOLERANCE);
    if (objective === 'sigmoid' && !WITHOUT_GRADIENTS.includes(name)) {
      const torch = new Safetensors(path.join(FIXTURES, `${name}-gradients.safetensors`));
      for (const { name: key, offset, size } of layout.slices) {
        const error = relativeError(gradient.subarray(offset, offset + size), torch.values(key));
        expect(error, key).toBeLessThan(TOLERANCE);
      }
    }
    await session.release();
  });
});

describe('the llama as PyTorch computes it', () => {
  it.each(Object.keys(recorded.ropeVariants))('with rope scaling: %s', async (variant) => {
    const { scaling, sequenceLogps } = recorded.ropeVariants[variant] ?? { scaling: {}, sequenceLogps: [] };
    const plain = recorded.models.llama.config;
    const { rope_parameters: _, ...others } = plain;
    // The spellings of transformers 5 and of 4.
    for (const config of [
      { ...plain, rope_parameters: { ...scaling, rope_theta: recorded.ropeTheta } },
      { ...others, rope_theta: recorded.ropeTheta, rope_scaling: { ...scaling, type: scaling.rope_type } },
    ]) {
      const { model, files } = modelOf('llama', FROZEN, config);
      const session = await TestSession.load(buildScoring(model, SIZE), files);
      const { sequence_logps: logps = [] } = await session.run(batch());
      expect(relativeError(logps, sequenceLogps)).toBeLessThan(TOLERANCE);
      await session.release();
    }
  });

  it('over five optimizer steps', async () => {
    // Adam divides by the gradient's own size, so differences in rounding grow from step to step.
    const tolerance = 5e-4;
    const { model, files, layout, parameters } = modelOf('llama', FULL);
    const training = await TestSession.load(buildPreferenceTraining(model, SIZE, 'sigmoid'), files);
    const optimizer = await TestSession.load(buildOptimizer(layout));
    const zeros = new Float64Array(layout.size);
    let state: Record<'parameters' | 'first_moments' | 'second_moments', Float64Array> = {
      parameters,
      first_moments: zeros,
      second_moments: zeros,
    };
    for (const [index, expected] of recorded.trajectory.entries()) {
      const given = { ...settings('llama', 'sigmoid'), parameters: state.parameters, gradients_in: zeros };
      const { loss = [], gradients_out: gradients = zeros } = await training.run(given);
      const hyper = { learning_rate: [1e-3], weight_decay: [0.1], max_gradient_norm: [1] };
      const out = await optimizer.run({ ...state, gradients, step: [index + 1], ...hyper });
      expect(relativeError(loss, [expected.loss])).toBeLessThan(tolerance);
      expect(relativeError(out.gradient_norm ?? [], [expected.gradientNorm])).toBeLessThan(tolerance);
      state = {
        parameters: out.parameters_out ?? zeros,
        first_moments: out.first_moments_out ?? zeros,
        second_moments: out.second_moments_out ?? zeros,
      };
    }
    await Promise.all([training.release(), optimizer.release()]);
  });

  it('with its weights mapped from the file beside the model', async () => {
    const folder = temporaryFolder();
    const { model } = modelOf('llama', FROZEN);
    const graph = buildScoring(model, SIZE);
    writeFileSync(path.join(folder, 'scoring.onnx'), graph.bytes);
    copyFileSync(path.join(FIXTURES, 'llama.safetensors'), path.join(folder, 'llama.safetensors'));
    const session = await TestSession.load(graph, [], 1, path.join(folder, 'scoring.onnx'));
    const { sequence_logps: logps = [] } = await session.run(batch());
    expect(relativeError(logps, recorded.models.llama.sequenceLogps)).toBeLessThan(TOLERANCE);
    await session.release();
  });
});
