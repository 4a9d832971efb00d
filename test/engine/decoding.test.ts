import { describe, expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import { scoringInputs } from '../../src/engine/batch';
import { buildDecoding, cacheNames, type DecodingSize } from '../../src/engine/graphs/decoding';
import { buildScoring } from '../../src/engine/graphs/scoring';
import { relativeError } from './support/finite-differences';
import { TestSession } from './support/session';
import { LORA, type TinyModel, tinyModel } from './support/tiny-model';

const CAPACITY = 12;

/** A decoder that keeps its cache as a caller does. */
class Decoder {
  private readonly cache: Record<string, Float64Array> = {};
  readonly filled: number[];
  private readonly sessions = new Map<number, Promise<TestSession>>();

  constructor(
    private readonly tiny: TinyModel,
    private readonly sequences: number,
  ) {
    this.filled = Array<number>(sequences).fill(0);
    const { keyValueHeads, headSize, layers } = tiny.model.config;
    for (let layer = 0; layer < layers; layer++) {
      const { keys, values } = cacheNames(layer);
      // What lies beyond `filled` must not matter.
      this.cache[keys] = new Float64Array(sequences * keyValueHeads * CAPACITY * headSize).fill(5);
      this.cache[values] = new Float64Array(sequences * keyValueHeads * CAPACITY * headSize).fill(-7);
    }
  }

  /** Feeds each sequence its next tokens, padded to `width`; gives the logits after the last of each. */
  async feed(next: readonly (readonly number[])[], width: number): Promise<Float64Array> {
    const size: DecodingSize = { sequences: this.sequences, width, capacity: CAPACITY };
    const session = await this.session(size);
    const results = await session.run({
      tokens: next.flatMap((tokens) => [...tokens, ...Array<number>(width - tokens.length).fill(0)]),
      filled: this.filled,
      last_rows: next.map((tokens, index) => index * width + tokens.length - 1),
      parameters: this.tiny.parameters,
      ...this.cache,
    });
    const { keyValueHeads, headSize, layers } = this.tiny.model.config;
    for (let layer = 0; layer < layers; layer++) {
      const names = cacheNames(layer);
      for (const [old, fresh] of [
        [names.keys, names.newKeys],
        [names.values, names.newValues],
      ] as const) {
        for (const [index, tokens] of next.entries()) {
          for (let head = 0; head < keyValueHeads; head++) {
            const block = index * keyValueHeads + head;
            const source = results[fresh]?.subarray(
              block * width * headSize,
              (block * width + tokens.length) * headSize,
            );
            this.cache[old]?.set(source ?? [], (block * CAPACITY + at(this.filled, index)) * headSize);
          }
        }
      }
    }
    for (const [index, tokens] of next.entries()) this.filled[index] = at(this.filled, index) + tokens.length;
    return results.logits ?? new Float64Array();
  }

  private session(size: DecodingSize): Promise<TestSession> {
    const known = this.sessions.get(size.width);
    if (known) return known;
    const loading = TestSession.load(buildDecoding(this.tiny.model, size, 'float64'), this.tiny.files);
    this.sessions.set(size.width, loading);
    return loading;
  }
}

function logSoftmaxAt(logits: Float64Array, token: number): number {
  const largest = Math.max(...logits);
  return at(logits, token) - largest - Math.log(logits.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

describe('decoding with a cache', () => {
  const texts = [
    [1, 5, 3, 8, 12, 4, 9, 2],
    [1, 7, 7, 0, 11, 6, 3, 2],
  ];

  const qwen2 = { architectures: ['Qwen2ForCausalLM'] };
  const qwen3 = { architectures: ['Qwen3ForCausalLM'], head_dim: 6 };
  const olmo2 = { architectures: ['Olmo2ForCausalLM'] };
  const granite = {
    architectures: ['GraniteForCausalLM'],
    attention_multiplier: 0.8,
    embedding_multiplier: 3,
    residual_multiplier: 0.7,
    logits_scaling: 2,
  };
  const smollm3 = { architectures: ['SmolLM3ForCausalLM'], no_rope_layers: [1, 0] };

  const mistral = { architectures: ['MistralForCausalLM'], sliding_window: 3 };
  const phi3 = { architectures: ['Phi3ForCausalLM'], partial_rotary_factor: 0.5, sliding_window: 2 };
  const gemma = { num_key_value_heads: 2, head_dim: 6, query_pre_attn_scalar: 3, sliding_window: 3 };
  const gemma2 = {
    ...gemma,
    architectures: ['Gemma2ForCausalLM'],
    attn_logit_softcapping: 1.5,
    final_logit_softcapping: 2,
  };
  const gemma3 = { ...gemma, architectures: ['Gemma3ForCausalLM'], sliding_window_pattern: 2 };

  it.each([
    ['with a window', mistral, [4, 2]],
    ['with fused layers, heads rotated in part and a window', phi3, [4, 2]],
    ['with capped scores and logits', gemma2, [4, 2]],
    ['with two rotations', gemma3, [4, 2]],
    ['token by token', qwen2, [1, 1]],
    ['after prompts of different lengths in one stride', qwen2, [4, 2]],
    ['with normalised queries and keys', qwen3, [4, 2]],
    ['with norms after the layers', olmo2, [4, 2]],
    ['with multipliers', granite, [4, 2]],
    ['with a layer without rotation', smollm3, [4, 2]],
  ] as const)('gives the log-probabilities of the full forward pass, %s', async (_, fields, prompts) => {
    const tiny = tinyModel(fields, LORA);
    const size = { sequences: 2, length: 8, slots: 14 };
    const batch = scoringInputs(
      texts.map((tokens) => ({ tokens, promptLength: 1 })),
      size,
      2,
    );
    const scoring = await TestSession.load(buildScoring(tiny.model, size, 'float64'), tiny.files);
    const { token_logps: full = [] } = await scoring.run({ ...batch, parameters: tiny.parameters });

    const decoder = new Decoder(tiny, 2);
    const width = Math.max(...prompts);
    let logits = await decoder.feed(
      texts.map((tokens, index) => tokens.slice(0, at(prompts, index))),
      width,
    );
    const decoded: number[] = [];
    const expected: number[] = [];
    for (let step = 0; step < 8 - width; step++) {
      const next = texts.map((tokens, index) => at(tokens, at(decoder.filled, index)));
      for (const [index, token] of next.entries()) {
        decoded.push(logSoftmaxAt(logits.subarray(index * 13, index * 13 + 13), token));
        expected.push(at(full, index * 7 + at(decoder.filled, index) - 1));
      }
      logits = await decoder.feed(
        next.map((token) => [token]),
        1,
      );
    }
    expect(decoded.length).toBeGreaterThanOrEqual(8);
    expect(relativeError(decoded, expected)).toBeLessThan(1e-12);
  });
});
