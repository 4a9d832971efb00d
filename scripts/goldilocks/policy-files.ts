import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readLlamaConfig } from '../../src/core/model-config/llama-config';
import { parameterShapes } from '../../src/engine/model/parameters';
import { writeSafetensors } from '../../src/node/models/safetensors-writer';
import { Random } from './random';

/** Token ids are places in the vocabulary. */
const SPECIAL = { unknown: '<unk>', begin: '<s>', end: '</s>' } as const;

/** Standard deviation of initial weights, as in transformers. */
const INITIAL_DEVIATION = 0.02;

/** Writes a folder with a Llama of random weights and a tokenizer that knows these words, each one token. */
export async function writeUntrainedPolicy(
  folder: string,
  words: readonly string[],
  seed: number,
): Promise<void> {
  const vocabulary = [...Object.values(SPECIAL), ...words];
  const config = modelConfig(vocabulary.length);
  const random = new Random(seed);
  const tensors = [...parameterShapes(readLlamaConfig(config))].map(([name, shape]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const isNorm = shape.length === 1;
    const values = Float32Array.from({ length: size }, () => (isNorm ? 1 : random.normal(INITIAL_DEVIATION)));
    return { name, shape, values: async () => values };
  });
  await mkdir(folder, { recursive: true });
  await writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
  await writeJson(folder, 'config.json', config);
  await writeJson(folder, 'tokenizer.json', tokenizer(vocabulary));
  await writeJson(folder, 'tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: SPECIAL.begin,
    eos_token: SPECIAL.end,
    unk_token: SPECIAL.unknown,
    clean_up_tokenization_spaces: false,
    model_max_length: config.max_position_embeddings,
  });
}

function modelConfig(vocabularySize: number) {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    vocab_size: vocabularySize,
    hidden_size: 64,
    intermediate_size: 160,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 16,
    max_position_embeddings: 128,
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    tie_word_embeddings: true,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: 1,
    eos_token_id: 2,
    initializer_range: INITIAL_DEVIATION,
    dtype: 'float32',
  };
}

/** Words and punctuation are tokens; punctuation is written without a space before it. */
function tokenizer(vocabulary: readonly string[]) {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: Object.values(SPECIAL).map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: SPECIAL.begin, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [
        { SpecialToken: { id: SPECIAL.begin, type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { Sequence: { id: 'B', type_id: 1 } },
      ],
      special_tokens: {
        [SPECIAL.begin]: { id: SPECIAL.begin, ids: [1], tokens: [SPECIAL.begin] },
      },
    },
    // Joins words with spaces and takes away the space before punctuation.
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
      unk_token: SPECIAL.unknown,
    },
  };
}

async function writeJson(folder: string, name: string, content: object): Promise<void> {
  await writeFile(path.join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`);
}
