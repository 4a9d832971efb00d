import { type Architecture, readArchitecture } from './architectures';
import { readWindows } from './attention-windows';
import { Fields, UnsupportedModelError } from './fields';
import { readLocalRope, readRope, readRotarySize } from './rope';
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
  /** Of layers with a window, where it is another one. */
  readonly localRope: RopeSettings | undefined;
  /** Elements at the start of a head that are rotated. Even. */
  readonly rotarySize: number;
  /** The output head is the input embedding. */
  readonly tiedEmbeddings: boolean;
  readonly queryKeyValueBias: boolean;
  readonly attentionOutputBias: boolean;
  readonly feedForwardBias: boolean;
  /** Queries and keys are normalised before their rotation: each head by itself, or all heads as one row. */
  readonly queryKeyNorm: 'head' | 'whole' | undefined;
  /** Of the gate in the feed-forward layer; gelu is its approximation by tanh. */
  readonly activation: Activation;
  /** Attention and feed-forward layer normalise what they take from the residual stream, what they add to it, or both. */
  readonly norms: 'before' | 'after' | 'around';
  /** Norms multiply by 1 + weight. */
  readonly offsetNorms: boolean;
  /** Queries, keys and values are one linear layer, gate and up another. */
  readonly fusedLinears: boolean;
  /** Layers whose queries and keys are not rotated, from 0. */
  readonly unrotatedLayers: readonly number[];
  /** Factor of queries times keys. */
  readonly attentionScale: number;
  readonly embeddingScale: number;
  /** Factor of what a layer adds to the residual stream. */
  readonly residualScale: number;
  readonly logitScale: number;
  /** Scores become cap * tanh(score / cap) before the mask. */
  readonly scoreCap: number | undefined;
  /** The same for logits. */
  readonly logitCap: number | undefined;
  /** Of each layer, in tokens; undefined where it sees all. */
  readonly windows: readonly (number | undefined)[];
  /** Tokens; positions of longer sequences are not supported. */
  readonly longestSequence: number | undefined;
}

export type Activation = 'silu' | 'gelu';

/** By their names in transformers. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: 'silu',
  swish: 'silu',
  gelu_pytorch_tanh: 'gelu',
};

/**
 * Reads the parsed `config.json` of a Hugging Face model folder, of transformers 4 or 5.
 *
 * @throws UnsupportedModelError when the model is no member of the family, or the file lacks what is needed
 */
export function readLlamaConfig(json: unknown): LlamaConfig {
  const fields = new Fields(json);
  const architecture = readArchitecture(fields);
  if (fields.flag('use_bidirectional_attention')) {
    throw new UnsupportedModelError('tokens see those after them (use_bidirectional_attention)');
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
  const unrotatedLayers = architecture.unrotatedLayers ? readUnrotatedLayers(fields, layers) : [];
  const rope = readRope(fields, architecture);
  const rotarySize = readRotarySize(fields, architecture, headSize);
  const { scaling } = rope;
  if (scaling.kind === 'longrope' && scaling.factors.length !== rotarySize / 2) {
    throw new UnsupportedModelError(
      `config.json: short_factor has ${scaling.factors.length} numbers, and ${rotarySize / 2} pairs of elements are rotated`,
    );
  }
  return {
    vocabularySize: fields.count('vocab_size'),
    hiddenSize,
    intermediateSize: fields.count('intermediate_size'),
    layers,
    heads,
    keyValueHeads,
    headSize,
    normEpsilon: fields.number('rms_norm_eps') ?? architecture.normEpsilon ?? 1e-6,
    rope,
    localRope: readLocalRope(fields, architecture),
    rotarySize,
    tiedEmbeddings: fields.flag('tie_word_embeddings') ?? architecture.tiedEmbeddings ?? false,
    queryKeyValueBias: architecture.attentionBias === 'inputs' || attentionBias,
    attentionOutputBias: attentionBias,
    feedForwardBias: architecture.feedForwardBias && (fields.flag('mlp_bias') ?? false),
    queryKeyNorm: architecture.queryKeyNorm,
    activation: readActivation(architecture, fields),
    norms: architecture.norms ?? 'before',
    offsetNorms: architecture.offsetNorms ?? false,
    fusedLinears: architecture.fusedLinears ?? false,
    unrotatedLayers,
    ...scales(architecture, fields, headSize, hiddenSize),
    windows: readWindows(fields, architecture, layers, unrotatedLayers),
    longestSequence: scaling.kind === 'longrope' ? scaling.originalLength : undefined,
  };
}

/** Gemma 2 has two fields, of which the newer one counts, as in transformers. */
function readActivation({ gemma }: Architecture, fields: Fields): Activation {
  const field = gemma ? 'hidden_activation' : 'hidden_act';
  const name = fields.text(field) ?? (gemma ? 'gelu_pytorch_tanh' : 'silu');
  const activation = ACTIVATIONS[name];
  if (activation) return activation;
  throw new UnsupportedModelError(`${field} is ${name}; only silu and gelu_pytorch_tanh are supported`);
}

type Scales = Pick<
  LlamaConfig,
  'attentionScale' | 'embeddingScale' | 'residualScale' | 'logitScale' | 'scoreCap' | 'logitCap'
>;

/** Factors of Granite, each 1 where `config.json` leaves it out, as in transformers; those of Gemma; Llama's else. */
function scales(
  { multipliers, gemma }: Architecture,
  fields: Fields,
  headSize: number,
  hiddenSize: number,
): Scales {
  const plain = {
    attentionScale: 1 / Math.sqrt(headSize),
    embeddingScale: 1,
    residualScale: 1,
    logitScale: 1,
    scoreCap: undefined,
    logitCap: undefined,
  };
  if (gemma) return { ...plain, ...gemmaScales(gemma, fields, hiddenSize) };
  if (!multipliers) return plain;
  const divisor = fields.number('logits_scaling') ?? 1;
  if (divisor === 0)
    throw new UnsupportedModelError('config.json: logits_scaling is 0, and logits are divided by it');
  return {
    ...plain,
    attentionScale: fields.number('attention_multiplier') ?? 1,
    embeddingScale: fields.number('embedding_multiplier') ?? 1,
    residualScale: fields.number('residual_multiplier') ?? 1,
    logitScale: 1 / divisor,
  };
}

/** transformers gives Gemma 3 a cap of scores in its config, and does not apply it. */
function gemmaScales(
  defaults: NonNullable<Architecture['gemma']>,
  fields: Fields,
  hiddenSize: number,
): Pick<Scales, 'attentionScale' | 'embeddingScale' | 'scoreCap' | 'logitCap'> {
  const cap = (key: string, fallback: number | undefined) =>
    fields.names(key) ? fields.number(key) : fallback;
  return {
    attentionScale: 1 / Math.sqrt(fields.number('query_pre_attn_scalar') ?? 256),
    embeddingScale: Math.sqrt(hiddenSize),
    scoreCap: defaults.scoreCap && cap('attn_logit_softcapping', defaults.scoreCap),
    logitCap: cap('final_logit_softcapping', defaults.logitCap),
  };
}

/** SmolLM3 writes a 0 for each such layer into `no_rope_layers`, or takes the last of every few layers. */
function readUnrotatedLayers(fields: Fields, layers: number): number[] {
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
