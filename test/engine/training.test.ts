import { describe, expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import { scoringInputs } from '../../src/engine/batch';
import { buildScoring } from '../../src/engine/graphs/scoring';
import { buildPreferenceTraining, buildSupervisedTraining } from '../../src/engine/graphs/training';
import { type Tuning, trainedLayout } from '../../src/engine/model/layout';
import { logRatioDifference, OBJECTIVES, objectiveValue } from '../../src/engine/objective-formulas';
import { numericalGradient, relativeError } from './support/finite-differences';
import { Random } from './support/random';
import { TestSession, type Values } from './support/session';
import { BATCH, END, SEQUENCES, SIZE } from './support/tiny-batch';
import { FULL, LORA, type TinyModel, tinyModel } from './support/tiny-model';

const LENGTHS = SEQUENCES.map(({ tokens, promptLength }) => tokens.length - promptLength);
const ONES = [1, 1, 1, 1];
const REFERENCE = [-9, -6, -11, -8];

const SETTINGS: Values = {
  ...BATCH,
  reference_logps: REFERENCE,
  lengths: ONES,
  reference_lengths: ONES,
  pair_weights: [0.5, 0.3],
  sft_weights: [0, 0],
  beta: [0.4],
  label_smoothing: [0.2],
};

const GRANITE = {
  architectures: ['GraniteForCausalLM'],
  attention_multiplier: 0.4,
  embedding_multiplier: 2,
  residual_multiplier: 0.7,
  logits_scaling: 2,
};

const PHI3 = { architectures: ['Phi3ForCausalLM'], partial_rotary_factor: 0.5, sliding_window: 2 };
const GEMMA = {
  head_dim: 6,
  num_key_value_heads: 2,
  query_pre_attn_scalar: 3,
  sliding_window: 2,
  attn_logit_softcapping: 1.5,
  final_logit_softcapping: 2,
};
const GEMMA2 = { ...GEMMA, architectures: ['Gemma2ForCausalLM'] };
// Larger divisor of scores: finite differences themselves are inexact where attention is nearly one-hot.
const GEMMA3 = {
  ...GEMMA,
  architectures: ['Gemma3ForCausalLM'],
  sliding_window_pattern: 2,
  query_pre_attn_scalar: 24,
};

/**
 * Compares the gradient of a training graph with differences of its loss, for some elements of every trained tensor.
 *
 * @returns the worst relative error of a tensor
 */
async function gradientError(
  { model, files, parameters }: TinyModel,
  graph: ReturnType<typeof buildPreferenceTraining>,
  settings: Values,
): Promise<number> {
  const session = await TestSession.load(graph, files);
  const zeros = new Float64Array(parameters.length);
  const given = { ...settings, gradients_in: zeros };
  const { gradients_out: analytic = zeros } = await session.run({ ...given, parameters });
  const lossAt = async (x: Float64Array) =>
    at((await session.run({ ...given, parameters: x })).loss ?? [], 0);
  const random = new Random(3);
  let worst = 0;
  for (const { offset, size } of trainedLayout(model.config, model.tuning).slices) {
    const whole = analytic.subarray(offset, offset + size);
    const largest = whole.reduce(
      (best, value, i) => (Math.abs(value) > Math.abs(at(whole, best)) ? i : best),
      0,
    );
    expect(at(whole, largest)).not.toBe(0);
    const indices = [largest, ...random.integers(3, 0, size - 1)].map((index) => offset + index);
    const numerical = await numericalGradient(lossAt, parameters, indices);
    worst = Math.max(
      worst,
      relativeError(
        indices.map((index) => at(analytic, index)),
        numerical,
      ),
    );
  }
  await session.release();
  return worst;
}

describe('gradients of whole models against finite differences', () => {
  const kinds: [string, Record<string, unknown>, Tuning][] = [
    ['Llama, LoRA', {}, LORA],
    ['Llama, LoRA on two linears', {}, { kind: 'lora', rank: 3, alpha: 1, targets: ['q_proj', 'down_proj'] }],
    ['Llama, full, untied', {}, FULL],
    ['Llama, full, tied', { tie_word_embeddings: true }, FULL],
    ['Llama with all biases, full', { attention_bias: true, mlp_bias: true }, FULL],
    ['Qwen2, full, tied', { architectures: ['Qwen2ForCausalLM'], tie_word_embeddings: true }, FULL],
    ['Mistral, LoRA, heads of their own size', { architectures: ['MistralForCausalLM'], head_dim: 6 }, LORA],
    ['Qwen3, full', { architectures: ['Qwen3ForCausalLM'], head_dim: 6 }, FULL],
    ['OLMo 2, full', { architectures: ['Olmo2ForCausalLM'] }, FULL],
    ['OLMo 2, LoRA', { architectures: ['Olmo2ForCausalLM'] }, LORA],
    ['Granite, LoRA', { ...GRANITE, mlp_bias: true }, LORA],
    ['SmolLM3, LoRA', { architectures: ['SmolLM3ForCausalLM'], no_rope_layers: [1, 0] }, LORA],
    ['Phi-3, LoRA', PHI3, { ...LORA, targets: ['qkv_proj', 'o_proj', 'gate_up_proj', 'down_proj'] }],
    ['Phi-3, full', PHI3, FULL],
    ['Gemma 2, full', GEMMA2, FULL],
    ['Gemma 2, LoRA', GEMMA2, LORA],
    ['Gemma 3, full', GEMMA3, FULL],
    ['Gemma 3, LoRA', GEMMA3, LORA],
    ['Qwen3, LoRA', { architectures: ['Qwen3ForCausalLM'], head_dim: 6 }, LORA],
    ['one key head', { num_key_value_heads: 1 }, FULL],
    ['no grouping', { num_key_value_heads: 4 }, LORA],
  ];
  it.each(kinds)('%s', async (_, fields, tuning) => {
    const tiny = tinyModel(fields, tuning);
    const graph = buildPreferenceTraining(tiny.model, SIZE, 'sigmoid', 'float64');
    expect(await gradientError(tiny, graph, SETTINGS)).toBeLessThan(1e-6);
  });

  it.each(OBJECTIVES)('%s, plain and length-normalised with an SFT term', async (objective) => {
    const tiny = tinyModel({ tie_word_embeddings: true }, LORA);
    const graph = buildPreferenceTraining(tiny.model, SIZE, objective, 'float64');
    expect(await gradientError(tiny, graph, SETTINGS)).toBeLessThan(1e-6);
    const normalised = {
      ...SETTINGS,
      lengths: LENGTHS,
      reference_lengths: LENGTHS,
      sft_weights: [0.05, 0.02],
    };
    expect(await gradientError(tiny, graph, normalised)).toBeLessThan(1e-6);
  });

  it('supervised fine-tuning', async () => {
    const tiny = tinyModel({}, FULL);
    const graph = buildSupervisedTraining(tiny.model, SIZE, 'float64');
    expect(await gradientError(tiny, graph, { ...BATCH, sft_weights: [0.1, 0.2, 0, 0.3] })).toBeLessThan(
      1e-6,
    );
  });
});

describe('the loss', () => {
  const tiny = tinyModel({}, LORA);
  const zeros = new Float64Array(tiny.parameters.length);
  const given = { ...SETTINGS, parameters: tiny.parameters, gradients_in: zeros };

  it('is ln 2, with margins 0, while the policy is its own reference', async () => {
    const scoring = await TestSession.load(buildScoring(tiny.model, SIZE, 'float64'), tiny.files);
    const { sequence_logps: own = [] } = await scoring.run({ ...BATCH, parameters: tiny.parameters });
    const graph = buildPreferenceTraining(tiny.model, SIZE, 'sigmoid', 'float64');
    const session = await TestSession.load(graph, tiny.files);
    for (const beta of [0.01, 0.1, 100]) {
      const result = await session.run({
        ...given,
        reference_logps: own,
        beta: [beta],
        label_smoothing: [0],
        pair_weights: [0.5, 0.5],
      });
      expect(Math.abs(at(result.loss ?? [], 0) - Math.LN2)).toBeLessThan(1e-12);
      for (const margin of result.margins ?? [1]) expect(Math.abs(margin)).toBeLessThan(beta * 1e-14);
    }
    await Promise.all([scoring.release(), session.release()]);
  });

  it.each(OBJECTIVES)('of %s is what the formula says', async (objective) => {
    const graph = buildPreferenceTraining(tiny.model, SIZE, objective, 'float64');
    const session = await TestSession.load(graph, tiny.files);
    const lengthsOf = { plain: ONES, normalised: LENGTHS };
    for (const [lengths, beta] of [
      [lengthsOf.plain, 0.1],
      [lengthsOf.normalised, 2],
    ] as const) {
      const run = { ...given, lengths, reference_lengths: lengths, beta: [beta], sft_weights: [0.01, 0.03] };
      const { loss, sequence_logps: logps = [], margins } = await session.run(run);
      const deltas = [0, 1].map((pair) => {
        const scaled = (sums: ArrayLike<number>) => ({
          chosen: at(sums, pair) / at(lengths, pair),
          rejected: at(sums, pair + 2) / at(lengths, pair + 2),
        });
        return logRatioDifference(scaled(logps), scaled(REFERENCE));
      });
      const [first, second] = deltas.map(
        (delta) => objectiveValue(objective, delta, { beta, labelSmoothing: 0.2 }).loss,
      );
      const sft = -0.01 * at(logps, 0) - 0.03 * at(logps, 1);
      expect(at(loss ?? [], 0)).toBeCloseTo(0.5 * (first ?? 0) + 0.3 * (second ?? 0) + sft, 12);
      expect(
        relativeError(
          margins ?? [],
          deltas.map((delta) => beta * delta),
        ),
      ).toBeLessThan(1e-12);
    }
    await session.release();
  });

  it('of a policy without a reference is the posterior-probability reward: -log sigmoid(beta (log p+ - log p-))', async () => {
    const graph = buildPreferenceTraining(tiny.model, SIZE, 'sigmoid', 'float64');
    const session = await TestSession.load(graph, tiny.files);
    const { loss, sequence_logps: logps = [] } = await session.run({
      ...given,
      reference_logps: [0, 0, 0, 0],
      beta: [0.25],
      label_smoothing: [0],
      pair_weights: [1, 0],
    });
    const byHand = Math.log(1 + Math.exp(-0.25 * (at(logps, 0) - at(logps, 2))));
    expect(at(loss ?? [], 0)).toBeCloseTo(byHand, 12);
    await session.release();
  });

  it('and its gradient add up over micro-batches', async () => {
    const graph = buildPreferenceTraining(tiny.model, SIZE, 'sigmoid', 'float64');
    const session = await TestSession.load(graph, tiny.files);
    const whole = await session.run(given);
    const first = await session.run({ ...given, pair_weights: [0.5, 0] });
    const second = await session.run({
      ...given,
      pair_weights: [0, 0.3],
      gradients_in: first.gradients_out ?? [],
    });
    expect(relativeError(second.gradients_out ?? [], whole.gradients_out ?? [])).toBeLessThan(1e-12);
    expect(at(first.loss ?? [], 0) + at(second.loss ?? [], 0)).toBeCloseTo(at(whole.loss ?? [], 0), 12);
    await session.release();
  });
});

describe('pairs on one line each', () => {
  const paired = { sequences: 4, length: 12, slots: 14, paired: true };
  const layouts = {
    apart: { ...SIZE, inputs: BATCH },
    paired: { ...paired, inputs: scoringInputs(SEQUENCES, paired, END) },
  };

  it.each([
    ['Llama, LoRA', {}, LORA],
    ['Qwen2, full, tied', { architectures: ['Qwen2ForCausalLM'], tie_word_embeddings: true }, FULL],
    ['Phi-3 with a window, LoRA', PHI3, { ...LORA, targets: ['qkv_proj'] }],
    ['Gemma 2 with a window, full', GEMMA2, FULL],
  ] as [string, Record<string, unknown>, Tuning][])(
    '%s: scores, loss and gradient are those of sequences apart',
    async (_, fields, tuning) => {
      const tiny = tinyModel(fields, tuning);
      const results: Record<string, Float64Array>[] = [];
      for (const { inputs, ...size } of [layouts.apart, layouts.paired]) {
        const graph = buildPreferenceTraining(tiny.model, size, 'sigmoid', 'float64');
        const scoring = await TestSession.load(buildScoring(tiny.model, size, 'float64'), tiny.files);
        const training = await TestSession.load(graph, tiny.files);
        const zeros = new Float64Array(tiny.parameters.length);
        const given = { ...SETTINGS, ...inputs, parameters: tiny.parameters, gradients_in: zeros };
        results.push({ ...(await scoring.run(given)), ...(await training.run(given)) });
        await Promise.all([scoring.release(), training.release()]);
      }
      const [apart = {}, together = {}] = results;
      for (const [name, values] of Object.entries(apart)) {
        expect(relativeError(together[name] ?? [], values), name).toBeLessThan(1e-12);
      }
    },
  );

  it('the gradient is that of finite differences', async () => {
    const tiny = tinyModel({}, LORA);
    const graph = buildPreferenceTraining(tiny.model, paired, 'sigmoid', 'float64');
    expect(await gradientError(tiny, graph, { ...SETTINGS, ...layouts.paired.inputs })).toBeLessThan(1e-6);
  });

  it('in float32 they agree to 1e-6', async () => {
    const tiny = tinyModel({}, LORA, 'float32');
    const results: Record<string, Float64Array>[] = [];
    for (const { inputs, ...size } of [layouts.apart, layouts.paired]) {
      const session = await TestSession.load(
        buildPreferenceTraining(tiny.model, size, 'sigmoid'),
        tiny.files,
      );
      const gradients_in = new Float64Array(tiny.parameters.length);
      results.push(await session.run({ ...SETTINGS, ...inputs, parameters: tiny.parameters, gradients_in }));
      await session.release();
    }
    const [apart = {}, together = {}] = results;
    for (const [name, values] of Object.entries(apart)) {
      expect(relativeError(together[name] ?? [], values), name).toBeLessThan(1e-6);
    }
  });
});
