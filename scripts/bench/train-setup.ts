import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { readLlamaConfig } from '../../src/core/model-config/llama-config';
import { SeededRandom } from '../../src/core/seeded-random';
import { linesOf, type ScoringSize } from '../../src/engine/batch';
import type { Tuning } from '../../src/engine/model/layout';
import { LINEARS, linearShape, parameterShapes } from '../../src/engine/model/parameters';
import { elementBytes } from '../../src/engine/onnx/element-type';
import { sizeOf } from '../../src/engine/shape';

/** The benchmark at its smallest, as in scale.mjs. */
const SMALL = process.env.DPO_LAB_BENCH === 'small';

/** The shapes of SmolLM2-135M, as its config.json has them. */
export const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: SMALL ? 512 : 49_152,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: SMALL ? 2 : 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 2,
};

export const TUNING = { kind: 'lora', rank: 8, alpha: 16, targets: LINEARS } satisfies Tuning;
export const PAIRS_A_STEP = 2;
export const TOKENS_A_SEQUENCE = 256;
/**
 * 73 % of a sequence, as in the pairs of hh-rlhf's harmless-base test split under SmolLM2's tokenizer: 125 tokens of
 * prompt on average, 41 of a chosen response and 51 of a rejected one.
 */
export const PROMPT_TOKENS = 187;

export interface TokenPair {
  readonly prompt: readonly number[];
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
}

/** Writes config.json and model.safetensors with random float32 weights, the same every time. */
export function writeModel(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ ...CONFIG, dtype: 'float32' }));
  const shapes = [...parameterShapes(readLlamaConfig(CONFIG))];
  let end = 0;
  const header = Object.fromEntries(
    shapes.map(([name, shape]) => {
      const start = end;
      end += 4 * sizeOf(shape);
      return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(header));
  // Tensors begin on a multiple of 8 bytes, as the format recommends.
  const head = Buffer.concat([json, Buffer.alloc(-json.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  const file = openSync(path.join(folder, 'model.safetensors'), 'w');
  try {
    for (const part of [length, head]) writeSync(file, part);
    const random = new SeededRandom(1);
    for (const [, shape] of shapes) {
      const values = Float32Array.from({ length: sizeOf(shape) }, () =>
        // Of standard deviation 0.02, as at initialisation; the weights of norms are 1.
        shape.length === 1 ? 1 : (2 * random.next() - 1) * 0.035,
      );
      writeSync(file, elementBytes('float32', values));
    }
  } finally {
    closeSync(file);
  }
}

/** Pairs of random tokens; both sequences of a pair have TOKENS_A_SEQUENCE, the last of them the end token. */
export function randomPairs(count: number): TokenPair[] {
  const random = new SeededRandom(2);
  const token = () => 3 + Math.floor(random.next() * (CONFIG.vocab_size - 3));
  const tokens = (length: number) => Array.from({ length }, token);
  const response = () => [...tokens(TOKENS_A_SEQUENCE - PROMPT_TOKENS - 1), CONFIG.eos_token_id];
  return Array.from({ length: count }, () => ({
    prompt: tokens(PROMPT_TOKENS),
    chosen: response(),
    rejected: response(),
  }));
}

/**
 * Floating-point operations of the matrix products that a LoRA step has to make: each weight once forward and once
 * backward, adapters once more for their own gradient, six products an attention, two a scored token in the head.
 */
export function productsOf(size: ScoringSize): number {
  const config = readLlamaConfig(CONFIG);
  const rows = linesOf(size) * size.length;
  const linear = LINEARS.reduce((sum, kind) => {
    const { inputs, outputs } = linearShape(config, kind);
    return sum + 2 * inputs * outputs + 3 * TUNING.rank * (inputs + outputs);
  }, 0);
  const attention = 6 * size.length * config.heads * config.headSize;
  const head = 2 * config.vocabularySize * config.hiddenSize;
  return 2 * (rows * config.layers * (linear + attention) + size.slots * head);
}
