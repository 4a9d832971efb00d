import { join } from 'node:path';
import type { ModelShape } from '../../core/facts';
import { UnsupportedModelError } from '../../core/model-config/fields';
import { readLlamaConfig } from '../../core/model-config/llama-config';
import { isObject, type JsonObject } from '../files/json';
import { exists } from '../files/paths';
import { present } from '../files/present';
import { readJsonObject } from '../files/text-files';
import { countParameters } from './safetensors';
import { readTokenizerConfig, TOKENIZER_CONFIG_FILES } from './tokenizer-config';

/** Files that a model's shape is read from: when none of them changed, neither did the shape. */
export const SHAPE_FILES: readonly string[] = [
  'config.json',
  'model.safetensors',
  'model.safetensors.index.json',
  ...TOKENIZER_CONFIG_FILES,
];

/**
 * What a model folder tells about the model.
 *
 * @throws FileError where config.json is missing or broken; other files may be.
 */
export async function readModelShape(folder: string): Promise<ModelShape> {
  const outer = await readJsonObject(join(folder, 'config.json'));
  // Models with eyes and ears keep the language model's numbers one level down.
  const config = isObject(outer.text_config) ? { ...outer.text_config, ...outer } : outer;
  const { bosToken, eosToken, chatTemplate } = await readTokenizerConfig(folder);
  // Quantized checkpoints pack several weights into one number.
  const counted = isObject(outer.quantization_config) ? undefined : await countParameters(folder);
  const { fault, longestSequence } = embedded(outer);
  const named = eosToken ?? outer.eos_token_id ?? config.eos_token_id;
  const lacksEnd = named === undefined && (await exists(join(folder, 'tokenizer.json')));
  return {
    ...shapeOf(config),
    ...present({ parameters: counted ?? computeParameters(config), bosToken, eosToken }),
    ...present({ embeddedFault: fault, longestSequence, lacksEnd: lacksEnd || undefined }),
    hasChatTemplate: chatTemplate !== undefined,
  };
}

/** What the embedded trainer makes of a config.json. */
function embedded(json: JsonObject): { fault?: string; longestSequence?: number } {
  try {
    return present({ longestSequence: readLlamaConfig(json).longestSequence });
  } catch (error) {
    if (!(error instanceof UnsupportedModelError)) throw error;
    return { fault: error.message };
  }
}

/** The second names are those of GPT-2's generation. */
function shapeOf(config: JsonObject): Omit<ModelShape, 'hasChatTemplate'> {
  const { model_type: family, tie_word_embeddings: tied } = config;
  return present({
    family: typeof family === 'string' ? family : undefined,
    layers: size(config.num_hidden_layers ?? config.n_layer),
    hiddenSize: size(config.hidden_size ?? config.n_embd),
    intermediateSize: size(config.intermediate_size ?? config.n_inner),
    attentionHeads: size(config.num_attention_heads ?? config.n_head),
    keyValueHeads: size(config.num_key_value_heads),
    vocabularySize: size(config.vocab_size),
    tiedEmbeddings: typeof tied === 'boolean' ? tied : undefined,
  });
}

function size(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}

/** Of a dense decoder with gated feed-forward layers, as Llama, Mistral, Qwen and Gemma are; else undefined. */
function computeParameters(config: JsonObject): number | undefined {
  const shape = shapeOf(config);
  const { layers, hiddenSize, intermediateSize, attentionHeads, vocabularySize } = shape;
  const isMixtureOfExperts = size(config.num_local_experts ?? config.num_experts) !== undefined;
  if (
    isMixtureOfExperts ||
    !layers ||
    !hiddenSize ||
    !intermediateSize ||
    !attentionHeads ||
    !vocabularySize
  ) {
    return undefined;
  }
  const headSize = size(config.head_dim) ?? hiddenSize / attentionHeads;
  const queries = hiddenSize * attentionHeads * headSize;
  const keys = hiddenSize * (shape.keyValueHeads ?? attentionHeads) * headSize;
  const feedForward = 3 * hiddenSize * intermediateSize;
  const norms = 2 * hiddenSize;
  const embeddings = vocabularySize * hiddenSize * (shape.tiedEmbeddings ? 1 : 2);
  return embeddings + layers * (2 * queries + 2 * keys + feedForward + norms) + hiddenSize;
}
