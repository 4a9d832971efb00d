import { type Fields, UnsupportedModelError } from './fields';

/** What the name of an architecture says beside `config.json`: how it differs from Llama, and defaults of its own. */
export interface Architecture {
  /** Biases of attention: of all four layers where `attention_bias` says so, always of the first three, or none. */
  readonly attentionBias: 'optional' | 'inputs' | 'none';
  /** `mlp_bias` may give the feed-forward layers biases. */
  readonly feedForwardBias: boolean;
  /**
   * Layers with a window of attention: all; where `use_sliding_window` says so, those from `max_window_layers` on or
   * those without rotation; or all but the last of every few.
   */
  readonly slidingWindow?: 'all' | 'upper' | 'unrotated' | 'alternating';
  /** Of alternating layers, one of so many sees everything. */
  readonly windowPattern?: number;
  readonly queryKeyNorm?: 'head' | 'whole';
  readonly norms?: 'after' | 'around';
  /** Norms multiply by 1 + weight. */
  readonly offsetNorms?: true;
  /** Queries, keys and values are one linear layer, gate and up another. */
  readonly fusedLinears?: true;
  /** Only a part of each head may be rotated. */
  readonly partialRotary?: true;
  /** Base of the rotation of layers with a window. */
  readonly localTheta?: number;
  /** Embeddings are scaled by the root of their width, scores by a number of `config.json`, logits are capped. */
  readonly gemma?: { readonly scoreCap?: number; readonly logitCap?: number };
  /** Some layers leave queries and keys as they are. */
  readonly unrotatedLayers?: true;
  /** `config.json` gives factors of embeddings, scores, residuals and logits. */
  readonly multipliers?: true;
  /** Tokens, where `config.json` leaves out `sliding_window`. */
  readonly windowSize?: number;
  readonly headSize?: number;
  readonly keyValueHeads?: number;
  readonly normEpsilon?: number;
  readonly theta?: number;
  readonly tiedEmbeddings?: true;
}

const GEMMA = {
  attentionBias: 'optional',
  feedForwardBias: false,
  slidingWindow: 'alternating',
  windowSize: 4096,
  norms: 'around',
  offsetNorms: true,
  headSize: 256,
  keyValueHeads: 4,
  tiedEmbeddings: true,
} as const;

/** By the names in `config.json`; defaults are those of transformers. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: { attentionBias: 'optional', feedForwardBias: true },
  MistralForCausalLM: {
    attentionBias: 'none',
    feedForwardBias: false,
    slidingWindow: 'all',
    windowSize: 4096,
  },
  Qwen2ForCausalLM: {
    attentionBias: 'inputs',
    feedForwardBias: false,
    slidingWindow: 'upper',
    windowSize: 4096,
  },
  Qwen3ForCausalLM: {
    attentionBias: 'optional',
    feedForwardBias: false,
    slidingWindow: 'upper',
    windowSize: 4096,
    queryKeyNorm: 'head',
    headSize: 128,
  },
  Olmo2ForCausalLM: {
    attentionBias: 'optional',
    feedForwardBias: false,
    queryKeyNorm: 'whole',
    norms: 'after',
    normEpsilon: 1e-5,
  },
  GraniteForCausalLM: { attentionBias: 'optional', feedForwardBias: true, multipliers: true },
  SmolLM3ForCausalLM: {
    attentionBias: 'optional',
    feedForwardBias: true,
    slidingWindow: 'unrotated',
    unrotatedLayers: true,
    keyValueHeads: 4,
    theta: 2_000_000,
    tiedEmbeddings: true,
  },
  Phi3ForCausalLM: {
    attentionBias: 'none',
    feedForwardBias: false,
    slidingWindow: 'all',
    fusedLinears: true,
    partialRotary: true,
    normEpsilon: 1e-5,
  },
  Gemma2ForCausalLM: { ...GEMMA, windowPattern: 2, gemma: { scoreCap: 50, logitCap: 30 } },
  Gemma3ForCausalLM: {
    ...GEMMA,
    windowPattern: 6,
    queryKeyNorm: 'head',
    theta: 1_000_000,
    localTheta: 10_000,
    gemma: {},
  },
};

/** @throws UnsupportedModelError when `config.json` names no architecture that is supported */
export function readArchitecture(fields: Fields): Architecture {
  const named = fields.texts('architectures');
  const found = Object.entries(ARCHITECTURES).find(([supported]) => named.includes(supported));
  if (found) return found[1];
  throw new UnsupportedModelError(
    `the architecture is ${named.join(', ') || 'not named'}; supported are ${Object.keys(ARCHITECTURES).join(', ')}`,
  );
}
