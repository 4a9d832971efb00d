import { describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../src/core/model-config/fields';
import { readLlamaConfig } from '../../src/core/model-config/llama-config';
import { pairedLength, scoringInputs, slotsOf } from '../../src/engine/batch';
import { buildScoring } from '../../src/engine/graphs/scoring';
import { trainedLayout } from '../../src/engine/model/layout';
import { relativeError } from './support/finite-differences';
import { TestSession } from './support/session';
import { FROZEN, FULL, LORA, TINY_CONFIG, tinyModel } from './support/tiny-model';

const read = (fields: Record<string, unknown>) => readLlamaConfig({ ...TINY_CONFIG, ...fields });

describe('reading config.json', () => {
  it('takes what transformers 4 writes', () => {
    expect(read({ rope_scaling: { type: 'linear', factor: 2 }, tie_word_embeddings: true })).toEqual({
      vocabularySize: 13,
      hiddenSize: 16,
      intermediateSize: 12,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      headSize: 4,
      normEpsilon: 1e-5,
      rope: { theta: 100, scaling: { kind: 'linear', factor: 2 } },
      localRope: undefined,
      rotarySize: 4,
      tiedEmbeddings: true,
      queryKeyValueBias: false,
      attentionOutputBias: false,
      feedForwardBias: false,
      queryKeyNorm: undefined,
      activation: 'silu',
      norms: 'before',
      offsetNorms: false,
      fusedLinears: false,
      unrotatedLayers: [],
      attentionScale: 1 / 2,
      embeddingScale: 1,
      residualScale: 1,
      logitScale: 1,
      scoreCap: undefined,
      logitCap: undefined,
      windows: [undefined, undefined],
      longestSequence: undefined,
    });
  });

  it.each([
    [
      'another architecture',
      { architectures: ['GPT2LMHeadModel'] },
      /GPT2LMHeadModel; supported are LlamaForCausalLM, Mis/,
    ],
    ['no architecture', { architectures: null }, /not named/],
    ['another activation', { hidden_act: 'gelu' }, /hidden_act is gelu/],
    ['quantised weights', { quantization_config: { bits: 4 } }, /quantised/],
    ['a missing size', { hidden_size: undefined }, /has no hidden_size/],
    ['a wrong type', { num_hidden_layers: '2' }, /num_hidden_layers is "2"/],
    ['heads that do not divide', { num_key_value_heads: 3 }, /divide evenly/],
    ['another rope scaling', { rope_scaling: { rope_type: 'dynamic' } }, /dynamic is not supported/],
    ['longrope without factors', { rope_scaling: { rope_type: 'longrope' } }, /no short_factor/],
    [
      'a factor of longrope too few',
      { max_position_embeddings: 8, rope_scaling: { rope_type: 'longrope', short_factor: [1] } },
      /short_factor has 1 numbers, and 2 pairs/,
    ],
    [
      'heads rotated in part where transformers does not',
      { rope_scaling: { partial_rotary_factor: 0.5 } },
      /partial_rotary_factor/,
    ],
    [
      'an odd number of rotated elements',
      { architectures: ['Phi3ForCausalLM'], partial_rotary_factor: 0.25 },
      /rotates 1 of the 4 elements/,
    ],
    ['attention to later tokens', { use_bidirectional_attention: true }, /tokens see those after them/],
    [
      'other layers of attention',
      { architectures: ['Gemma3ForCausalLM'], layer_types: ['chunked_attention', 'full_attention'] },
      /layers of type chunked_attention/,
    ],
    [
      'fewer types than layers',
      { architectures: ['Gemma3ForCausalLM'], layer_types: ['full_attention'] },
      /layer_types names 1 layers/,
    ],
    [
      'a division of logits by 0',
      { architectures: ['GraniteForCausalLM'], logits_scaling: 0 },
      /logits_scaling is 0/,
    ],
    [
      'fewer rotary layers than layers',
      { architectures: ['SmolLM3ForCausalLM'], no_rope_layers: [1] },
      /names 1 layers, and the model has 2/,
    ],
    [
      'an incomplete rope scaling',
      { rope_scaling: { rope_type: 'llama3', factor: 8 } },
      /has no low_freq_factor/,
    ],
  ])('refuses %s', (_, fields, message) => {
    expect(() => read(fields)).toThrow(UnsupportedModelError);
    expect(() => read(fields)).toThrow(message);
  });

  const windows = (fields: Record<string, unknown>) => read(fields).windows;

  it('takes the windows of layers that transformers takes', () => {
    const mistral = { architectures: ['MistralForCausalLM'] };
    expect(windows({ ...mistral, sliding_window: 8 })).toEqual([8, 8]);
    expect(windows(mistral)).toEqual([4096, 4096]);
    expect(windows({ ...mistral, sliding_window: null })).toEqual([undefined, undefined]);
    const phi3 = { architectures: ['Phi3ForCausalLM'] };
    expect(windows(phi3)).toEqual([undefined, undefined]);
    expect(windows({ ...phi3, sliding_window: 8 })).toEqual([8, 8]);
    const qwen2 = { architectures: ['Qwen2ForCausalLM'], sliding_window: 8 };
    expect(windows(qwen2)).toEqual([undefined, undefined]);
    expect(windows({ ...qwen2, use_sliding_window: true })).toEqual([undefined, undefined]);
    expect(windows({ ...qwen2, use_sliding_window: true, max_window_layers: 1 })).toEqual([undefined, 8]);
    const types = { layer_types: ['sliding_attention', 'full_attention'] };
    expect(windows({ ...qwen2, ...types, use_sliding_window: true })).toEqual([8, undefined]);
    const smollm3 = { architectures: ['SmolLM3ForCausalLM'], no_rope_layers: [1, 0], sliding_window: 8 };
    expect(windows({ ...smollm3, use_sliding_window: true })).toEqual([undefined, 8]);
    const gemma = { num_hidden_layers: 7, sliding_window: 8 };
    const [w, u] = [8, undefined];
    expect(windows({ ...gemma, architectures: ['Gemma2ForCausalLM'] })).toEqual([w, u, w, u, w, u, w]);
    const gemma3 = { ...gemma, architectures: ['Gemma3ForCausalLM'] };
    expect(windows(gemma3)).toEqual([w, w, w, w, w, u, w]);
    expect(windows({ ...gemma3, sliding_window_pattern: 3 })).toEqual([w, w, u, w, w, u, w]);
  });

  it('takes for Gemma what transformers does where a field is left out, and for both spellings of rotations', () => {
    expect(read({ architectures: ['Gemma2ForCausalLM'], hidden_act: 'gelu' })).toMatchObject({
      headSize: 256,
      activation: 'gelu',
      norms: 'around',
      offsetNorms: true,
      tiedEmbeddings: true,
      attentionScale: 1 / 16,
      embeddingScale: 4,
      scoreCap: 50,
      logitCap: 30,
    });
    const gemma3 = { architectures: ['Gemma3ForCausalLM'], rope_theta: undefined };
    const scaling = { rope_type: 'linear', factor: 8 };
    expect(read({ ...gemma3, rope_scaling: scaling, final_logit_softcapping: 9 })).toMatchObject({
      rope: { theta: 1e6, scaling: { kind: 'linear', factor: 8 } },
      localRope: { theta: 1e4, scaling: { kind: 'default' } },
      queryKeyNorm: 'head',
      scoreCap: undefined,
      logitCap: 9,
    });
    expect(
      read({
        ...gemma3,
        rope_parameters: {
          full_attention: { ...scaling, rope_theta: 7 },
          sliding_attention: { rope_type: 'default', rope_theta: 5 },
        },
      }),
    ).toMatchObject({
      rope: { theta: 7, scaling: { kind: 'linear', factor: 8 } },
      localRope: { theta: 5, scaling: { kind: 'default' } },
    });
  });

  it('refuses sequences longer than longrope keeps its short factors for, and only those', () => {
    const { model } = tinyModel(
      {
        architectures: ['Phi3ForCausalLM'],
        max_position_embeddings: 32,
        original_max_position_embeddings: 8,
        rope_scaling: { type: 'su', short_factor: [1, 2], long_factor: [3, 4] },
      },
      FROZEN,
    );
    expect(() => buildScoring(model, { sequences: 1, length: 9, slots: 1 })).toThrow(
      /9 tokens are longer than the 8/,
    );
    expect(buildScoring(model, { sequences: 1, length: 8, slots: 1 }).bytes.length).toBeGreaterThan(0);
  });

  it('takes for SmolLM3 what transformers does where a field is left out', () => {
    const smollm3 = { architectures: ['SmolLM3ForCausalLM'], num_hidden_layers: 9, rope_theta: undefined };
    expect(read(smollm3)).toMatchObject({
      tiedEmbeddings: true,
      rope: { theta: 2e6 },
      unrotatedLayers: [3, 7],
    });
    expect(read({ ...smollm3, no_rope_layer_interval: 5 }).unrotatedLayers).toEqual([4]);
    const listed = [1, 0, 1, 1, 1, 1, 1, 1, 1, 0];
    expect(read({ ...smollm3, no_rope_layers: listed }).unrotatedLayers).toEqual([1]);
  });

  it('takes for Qwen3 what transformers does where a field is left out', () => {
    const qwen3 = { architectures: ['Qwen3ForCausalLM'] };
    expect(read(qwen3)).toMatchObject({ headSize: 128, queryKeyNorm: 'head', queryKeyValueBias: false });
    expect(read({ ...qwen3, attention_bias: true })).toMatchObject({ attentionOutputBias: true });
    const every = { use_sliding_window: true, max_window_layers: 0 };
    expect(windows({ ...qwen3, ...every })).toEqual([4096, 4096]);
  });
});

describe('the layout of trained tensors', () => {
  it('puts matrices first, which are decayed, and covers the vector without gaps', () => {
    const layout = trainedLayout(read({ attention_bias: true }), FULL);
    const kinds = layout.slices.map(({ shape }) => shape.length);
    expect(kinds).toEqual([...kinds].sort((a, b) => b - a));
    let end = 0;
    for (const { offset, size, shape } of layout.slices) {
      expect(offset).toBe(end);
      expect(size).toBe(shape.reduce((product, length) => product * length, 1));
      end += size;
    }
    expect(end).toBe(layout.size);
    expect(layout.decayed).toBe(layout.slices.find(({ shape }) => shape.length === 1)?.offset);
  });

  it('names adapters as PEFT does', () => {
    const layout = trainedLayout(read({}), {
      kind: 'lora',
      rank: 2,
      alpha: 4,
      targets: ['down_proj', 'k_proj'],
    });
    expect(layout.slices.slice(0, 4)).toEqual([
      { name: 'model.layers.0.self_attn.k_proj.lora_A.weight', shape: [2, 16], offset: 0, size: 32 },
      { name: 'model.layers.0.self_attn.k_proj.lora_B.weight', shape: [8, 2], offset: 32, size: 16 },
      { name: 'model.layers.0.mlp.down_proj.lora_A.weight', shape: [2, 12], offset: 48, size: 24 },
      { name: 'model.layers.0.mlp.down_proj.lora_B.weight', shape: [16, 2], offset: 72, size: 32 },
    ]);
  });
});

describe('LoRA', () => {
  it('is the model with W + alpha / rank * B A', async () => {
    const adapted = tinyModel({ tie_word_embeddings: true }, LORA);
    const merged = tinyModel({ tie_word_embeddings: true }, FULL);
    const adapters = trainedLayout(adapted.model.config, LORA).slices;
    const { rank, alpha } = LORA;
    for (const { name, shape, offset } of trainedLayout(merged.model.config, FULL).slices) {
      const [a, b] = ['lora_A', 'lora_B'].map((part) =>
        adapters.find((slice) => slice.name === name.replace(/weight$/, `${part}.weight`)),
      );
      const [rows = 0, columns = 0] = shape;
      if (!a || !b) continue;
      for (let i = 0; i < rows * columns; i++) {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let product = 0;
        for (let r = 0; r < rank; r++) {
          product +=
            (adapted.parameters[b.offset + row * rank + r] ?? 0) *
            (adapted.parameters[a.offset + r * columns + column] ?? 0);
        }
        merged.parameters[offset + i] = (merged.parameters[offset + i] ?? 0) + (alpha / rank) * product;
      }
    }
    const size = { sequences: 1, length: 6, slots: 5 };
    const batch = scoringInputs([{ tokens: [1, 5, 3, 8, 12, 2], promptLength: 1 }], size, 2);
    const scores: Float64Array[] = [];
    for (const { model, files, parameters } of [adapted, merged]) {
      const session = await TestSession.load(buildScoring(model, size, 'float64'), files);
      scores.push((await session.run({ ...batch, parameters })).token_logps ?? new Float64Array());
      await session.release();
    }
    expect(relativeError(scores[0] ?? [], scores[1] ?? [])).toBeLessThan(1e-12);
  });
});

describe('a batch', () => {
  const size = { sequences: 2, length: 4, slots: 3 };

  it('is laid out by slots', () => {
    const ended = { tokens: [7, 8, 2], promptLength: 1 };
    const cut = { tokens: [7, 9], promptLength: 1 };
    expect([slotsOf(ended, 2), slotsOf(cut, 2)]).toEqual([2, 2]);
    expect(scoringInputs([ended], size, 2)).toEqual({
      tokens: BigInt64Array.of(7n, 8n, 0n, 0n, 0n, 0n, 0n, 0n),
      positions: BigInt64Array.of(0n, 1n, 0n, 0n, 0n, 0n, 0n, 0n),
      segments: new Float32Array(8),
      rows: BigInt64Array.of(0n, 1n, 0n),
      inverse_rows: BigInt64Array.of(0n, 1n, 3n, 3n, 3n, 3n, 3n, 3n),
      targets: BigInt64Array.of(8n, 2n, 0n),
      membership: Float32Array.of(1, 1, 0, 0, 0, 0),
      ends: BigInt64Array.of(1n, 0n),
    });
    expect(scoringInputs([cut], size, 2).membership).toEqual(Float32Array.of(1, 0, 0, 0, 0, 0));
  });

  it('watches the end-of-sequence token where the response ends, though a template writes a line break after it', () => {
    const written = { tokens: [7, 8, 2, 5], promptLength: 1 };
    expect(slotsOf(written, 2)).toBe(3);
    expect(scoringInputs([written], size, 2)).toMatchObject({
      targets: BigInt64Array.of(8n, 2n, 5n),
      membership: Float32Array.of(1, 1, 1, 0, 0, 0),
      ends: BigInt64Array.of(1n, 0n),
    });
    // One in the prompt is none of the response.
    const cut = { tokens: [2, 8], promptLength: 1 };
    expect(scoringInputs([cut], size, 2)).toMatchObject({ targets: BigInt64Array.of(8n, 2n, 0n) });
  });

  it('puts a pair on one line, with the start that both share once', () => {
    const chosen = { tokens: [7, 8, 9, 3, 2], promptLength: 3 };
    const rejected = { tokens: [7, 8, 9, 4], promptLength: 3 };
    const length = pairedLength(chosen, rejected, 2);
    expect(length).toBe(6);
    expect(scoringInputs([chosen, rejected], { sequences: 2, length, slots: 4, paired: true }, 2)).toEqual({
      tokens: BigInt64Array.of(7n, 8n, 9n, 3n, 9n, 4n),
      positions: BigInt64Array.of(0n, 1n, 2n, 3n, 2n, 3n),
      segments: Float32Array.of(0, 0, 1, 1, 2, 2),
      rows: BigInt64Array.of(2n, 3n, 4n, 5n),
      inverse_rows: BigInt64Array.of(4n, 4n, 0n, 1n, 2n, 3n),
      targets: BigInt64Array.of(3n, 2n, 4n, 2n),
      membership: Float32Array.of(1, 1, 0, 0, 0, 0, 1, 0),
      ends: BigInt64Array.of(1n, 3n),
    });
    const other = { tokens: [6, 8, 9, 4], promptLength: 3 };
    expect(pairedLength(chosen, other, 2)).toBe(8);
    expect(pairedLength({ tokens: [7, 3], promptLength: 1 }, { tokens: [7, 4], promptLength: 1 }, 2)).toBe(4);
  });

  it('that does not fit is refused', () => {
    const sequence = { tokens: [1, 2, 3, 4], promptLength: 1 };
    expect(() => scoringInputs([sequence, sequence, sequence], size, 9)).toThrow('3 sequences do not fit');
    expect(() => scoringInputs([sequence], { ...size, length: 3 }, 9)).toThrow('4 tokens does not fit');
    expect(() => scoringInputs([sequence], size, 9)).toThrow('more than 3 slots');
    expect(() => scoringInputs([{ tokens: [1, 2], promptLength: 0 }], size, 2)).toThrow('nothing to score');
    const paired = { sequences: 2, length: 7, slots: 6, paired: true };
    expect(() => scoringInputs([sequence], paired, 9)).toThrow('1 sequences do not make 1 pairs');
    expect(() => scoringInputs([sequence, sequence], paired, 9)).toThrow('4 tokens does not fit');
  });
});
