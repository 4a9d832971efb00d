import { type Architecture, readArchitecture } from './architectures';
import { Fields, UnsupportedModelError } from './fields';
import { readRope } from './rope';
import type { RopeSettings } from './rope-settings';

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
  /** Queries and keys are normalised before their rotation: each head by itself, or all heads as one row. */
  readonly queryKeyNorm: 'head' | 'whole' | undefined;
  /** Attention and feed-forward layer normalise what they give to the residual stream, not what they take from it. */
  readonly normsAfter: boolean;
  /** Layers whose queries and keys are not rotated, from 0. */
  readonly unrotatedLayers: readonly number[];
  /** Factor of queries times keys. */
  readonly attentionScale: number;
  readonly embeddingScale: number;
  /** Factor of what a layer adds to the residual stream. */
  readonly residualScale: number;
  readonly logitScale: number;
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
  const architecture = readArchitecture(fields);
  if ((fields.text('hidden_act') ?? 'silu') !== 'silu') {
    throw new UnsupportedModelError(`hidden_act is ${fields.text('hidden_act')}; only silu is supported`);
  }
  if (fields.has('quantization_config')) {
    throw new UnsupportedModelError('the weights are quantised; take the unquantised model');
  }
  const hiddenSize = fields.count('hidden_size');
  const heads = fields.count('num_attention_heads');
  const keyValueHeads = fields.optionalCount('num_key_value_heads') ?? architecture.keyValueHeads ?? heads;
  const headSize = fields.optionalCount('head_dim') ?? architecture.headSize ?? hiddenSize / heads;
  if (heads % keyValueHeads !== 0 || headSize % 2 !== 0) {
    throw new UnsupportedModelError(
      `${heads} query heads over ${keyValueHeads} key heads of size ${headSize}: heads must divide evenly, sizes be even`,
    );
  }
  const attentionBias = architecture.attentionBias === 'optional' && (fields.flag('attention_bias') ?? false);
  const layers = fields.count('num_hidden_layers');
  return {
    vocabularySize: fields.count('vocab_size'),
    hiddenSize,
    intermediateSize: fields.count('intermediate_size'),
    layers,
    heads,
    keyValueHeads,
    headSize,
    normEpsilon: fields.number('rms_norm_eps') ?? architecture.normEpsilon ?? 1e-6,
    rope: readRope(fields, architecture.theta),
    tiedEmbeddings: fields.flag('tie_word_embeddings') ?? architecture.tiedEmbeddings ?? false,
    queryKeyValueBias: architecture.attentionBias === 'inputs' || attentionBias,
    attentionOutputBias: attentionBias,
    feedForwardBias: architecture.feedForwardBias && (fields.flag('mlp_bias') ?? false),
    queryKeyNorm: architecture.queryKeyNorm,
    normsAfter: architecture.normsAfter ?? false,
    unrotatedLayers: architecture.unrotatedLayers ? unrotatedLayers(fields, layers) : [],
    ...scales(architecture, fields, headSize),
    slidingWindow: slidingWindow(architecture, fields),
  };
}

type Scales = Pick<LlamaConfig, 'attentionScale' | 'embeddingScale' | 'residualScale' | 'logitScale'>;

/** Factors of Granite, each 1 where `config.json` leaves it out, as in transformers; Llama's else. */
function scales({ multipliers }: Architecture, fields: Fields, headSize: number): Scales {
  if (!multipliers) {
    return { attentionScale: 1 / Math.sqrt(headSize), embeddingScale: 1, residualScale: 1, logitScale: 1 };
  }
  const divisor = fields.number('logits_scaling') ?? 1;
  if (divisor === 0)
    throw new UnsupportedModelError('config.json: logits_scaling is 0, and logits are divided by it');
  return {
    attentionScale: fields.number('attention_multiplier') ?? 1,
    embeddingScale: fields.number('embedding_multiplier') ?? 1,
    residualScale: fields.number('residual_multiplier') ?? 1,
    logitScale: 1 / divisor,
  };
}

/** SmolLM3 writes a 0 for each such layer into `no_rope_layers`, or takes the last of every few layers. */
function unrotatedLayers(fields: Fields, layers: number): number[] {
  const interval = fields.optionalCount('no_rope_layer_interval') ?? 4;
  const rotated = fields.numbers('no_rope_layers');
  if (rotated && rotated.length < layers) {
    throw new UnsupportedModelError(
      `config.json: no_rope_layers names ${rotated.length} layers, and the model has ${layers}`,
    );
  }
  return [...Array(layers).keys()].filter((layer) =>
    rotated ? rotated[layer] === 0 : (layer + 1) % interval === 0,
  );
}

/** Only Mistral has a window without saying so; Mistral's and Qwen's are 4096 where the file does not name them. */
function slidingWindow(
  { slidingWindow: kind, windowSize }: Architecture,
  fields: Fields,
): number | undefined {
  if (kind === undefined || (kind === 'optional' && !fields.flag('use_sliding_window'))) return undefined;
  if (!fields.names('sliding_window')) return windowSize;
  return fields.optionalCount('sliding_window');
}
