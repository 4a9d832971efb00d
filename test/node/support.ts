import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { FactQuery } from '../../src/core/facts';
import { FileError } from '../../src/node/files/text-files';

export const FIXTURES = path.resolve(import.meta.dirname, 'fixtures');
export const HH_PAIRS = path.resolve(
  import.meta.dirname,
  '../../../shared/data/hh-harmless-base-test.jsonl.gz',
);

/** The message of a failure that is meant for people. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(FileError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('It did not fail.');
}

/** Writes files below a folder; values that are no text or bytes are written as JSON. */
export function write(folder: string, files: Readonly<Record<string, unknown>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const isRaw = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(file, isRaw ? content : JSON.stringify(content));
  }
  return folder;
}

export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

export const COLUMNS = { prompt: 'prompt', chosen: 'chosen', rejected: 'rejected' };

export function query(folder: string, rest: Partial<FactQuery> = {}): FactQuery {
  return {
    baseFolder: folder,
    configFile: path.join(folder, 'first.dpo.yaml'),
    workspaceFolder: folder,
    dataFolder: '.dpo',
    maxLength: 1024,
    maxPromptLength: 512,
    chatTemplate: 'auto',
    ...rest,
  };
}

/** A Llama whose config says all that is read. */
export const LLAMA_CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 8,
  intermediate_size: 16,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 100,
  tie_word_embeddings: true,
};

const SPECIAL = ['<s>', '</s>', '<|im_start|>', '<|im_end|>'];

/** One token a character of ASCII text, so that lengths in tokens can be read off the text. */
export function characterTokenizer(): object {
  const characters = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
  // A byte-level tokenizer spells space and line break so.
  const tokens = [...SPECIAL, ...characters, 'Ġ', 'Ċ'];
  return {
    version: '1.0',
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
    },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      unk_token: null,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [],
    },
  };
}

export const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

export function writeModel(folder: string, tokenizerConfig: object = {}): string {
  return write(folder, {
    'config.json': LLAMA_CONFIG,
    'tokenizer.json': characterTokenizer(),
    'tokenizer_config.json': { bos_token: '<s>', eos_token: { content: '</s>' }, ...tokenizerConfig },
  });
}

/** A safetensors file without its data. */
export function safetensors(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const tensors = Object.entries(shapes).map(([name, shape]) => [
    name,
    { dtype: 'F32', shape, data_offsets: [0, 0] },
  ]);
  const header = Buffer.from(
    JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(tensors) }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header]);
}
