import { Fields, UnsupportedModelError } from './fields';
import { readRope } from './rope';
import type { RopeSettings } from './rope-settings';

/** Architectures that are Llama up to what `LlamaConfig` can say, as `config.json` names them. */
const SUPPORTED_ARCHITECTURES = [
  'LlamaForCausalLM',
  'MistralForCausalLM',
  'Qwen2ForCausalLM',
  'Qwen3ForCausalLM',
] as const;
/** Where `config.json` leaves out `head_dim`, as in transformers. */
const QWEN3_HEAD_SIZE = 128;
type Architecture = (typeof SUPPORTED_ARCHITECTURES)[number];

/** A decoder-only transformer of the Llama family. */
export interface LlamaConfig {
  readonly vocabularySize: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Width of the gated feed-forward layer. */
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Fewer than `heads` in grouped-query attention, and a divisor of it. */
  readonly keyValueHeads: number;
  /** Even. */
  readonly headSize: number;
  readonly normEpsilon: number;
  readonly rope: RopeSettings;
  /** The output head is the input embedding. */
  readonly tiedEmbeddings: boolean;
  readonly queryKeyValueBias: boolean;
  readonly attentionOutputBias: boolean;
  readonly feedForwardBias: boolean;
  /** Every head of a query and of a key is normalised before its rotation. */
  readonly queryKeyNorm: boolean;
  /** Tokens; a longer sequence would need a windowed attention, which is not built. */
  readonly slidingWindow: number | undefined;
}

/**
 * Reads the parsed `config.json` of a Hugging Face model folder, of transformers 4 or 5.
 *
 * @throws UnsupportedModelError when the model is no member of the family, or the file lacks what is needed
 */
export function readLlamaConfig(json: unknown): LlamaConfig {
  const fields = new Fields(json);
  const architecture = supportedArchitecture(fields);
  if ((fields.text('hidden_act') ?? 'silu') !== 'silu') {
    throw new UnsupportedModelError(`hidden_act is ${fields.text('hidden_act')}; only silu is supported`);
  }
  if (fields.has('quantization_config')) {
    throw new UnsupportedModelError('the weights are quantised; take the unquantised model');
  }
  const hiddenSize = fields.count('hidden_size');
  const heads = fields.count('num_attention_heads');
  const keyValueHeads = fields.optionalCount('num_key_value_heads') ?? heads;
  const qwen3 = architecture === 'Qwen3ForCausalLM';
  const headSize = fields.optionalCount('head_dim') ?? (qwen3 ? QWEN3_HEAD_SIZE : hiddenSize / heads);
  if (heads % keyValueHeads !== 0 || headSize % 2 !== 0) {
    throw new UnsupportedModelError(
      `${heads} query heads over ${keyValueHeads} key heads of size ${headSize}: heads must divide evenly, sizes be even`,
    );
  }
  const qwen2 = architecture === 'Qwen2ForCausalLM';
  const attentionBias =
    (qwen3 || architecture === 'LlamaForCausalLM') && (fields.flag('attention_bias') ?? false);
  return {
    vocabularySize: fields.count('vocab_size'),
    hiddenSize,
    intermediateSize: fields.count('intermediate_size'),
    layers: fields.count('num_hidden_layers'),
    heads,
    keyValueHeads,
    headSize,
    normEpsilon: fields.number('rms_norm_eps') ?? 1e-6,
    rope: readRope(fields),
    tiedEmbeddings: fields.flag('tie_word_embeddings') ?? false,
    queryKeyValueBias: qwen2 || attentionBias,
    attentionOutputBias: attentionBias,
    feedForwardBias: architecture === 'LlamaForCausalLM' && (fields.flag('mlp_bias') ?? false),
    queryKeyNorm: qwen3,
    slidingWindow: slidingWindow(architecture, fields),
  };
}

function supportedArchitecture(fields: Fields): Architecture {
  const named = fields.texts('architectures');
  const found = SUPPORTED_ARCHITECTURES.find((supported) => named.includes(supported));
  if (found) return found;
  throw new UnsupportedModelError(
    `the architecture is ${named.join(', ') || 'not named'}; supported are ${SUPPORTED_ARCHITECTURES.join(', ')}`,
  );
}

/** Mistral's window is 4096 where the file does not name it; Qwen has one only when it says so. */
function slidingWindow(architecture: Architecture, fields: Fields): number | undefined {
  if (architecture === 'MistralForCausalLM' && !fields.names('sliding_window')) return 4096;
  if (architecture === 'LlamaForCausalLM') return undefined;
  if (architecture !== 'MistralForCausalLM' && !fields.flag('use_sliding_window')) return undefined;
  return fields.optionalCount('sliding_window');
}
