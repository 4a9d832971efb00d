import { type Fields, UnsupportedModelError } from './fields';

/** What the name of an architecture says beside `config.json`: how it differs from Llama, and defaults of its own. */
export interface Architecture {
  /** Biases of attention: of all four layers where `attention_bias` says so, always of the first three, or none. */
  readonly attentionBias: 'optional' | 'inputs' | 'none';
  /** `mlp_bias` may give the feed-forward layers biases. */
  readonly feedForwardBias: boolean;
  /** A window of attention: always, or where `use_sliding_window` says so. */
  readonly slidingWindow?: 'always' | 'optional';
  readonly queryKeyNorm?: 'head' | 'whole';
  readonly normsAfter?: true;
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

/** By the names in `config.json`; defaults are those of transformers. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  LlamaForCausalLM: { attentionBias: 'optional', feedForwardBias: true },
  MistralForCausalLM: {
    attentionBias: 'none',
    feedForwardBias: false,
    slidingWindow: 'always',
    windowSize: 4096,
  },
  Qwen2ForCausalLM: {
    attentionBias: 'inputs',
    feedForwardBias: false,
    slidingWindow: 'optional',
    windowSize: 4096,
  },
  Qwen3ForCausalLM: {
    attentionBias: 'optional',
    feedForwardBias: false,
    slidingWindow: 'optional',
    windowSize: 4096,
    queryKeyNorm: 'head',
    headSize: 128,
  },
  Olmo2ForCausalLM: {
    attentionBias: 'optional',
    feedForwardBias: false,
    queryKeyNorm: 'whole',
    normsAfter: true,
    normEpsilon: 1e-5,
  },
  GraniteForCausalLM: { attentionBias: 'optional', feedForwardBias: true, multipliers: true },
  SmolLM3ForCausalLM: {
    attentionBias: 'optional',
    feedForwardBias: true,
    slidingWindow: 'optional',
    unrotatedLayers: true,
    keyValueHeads: 4,
    theta: 2_000_000,
    tiedEmbeddings: true,
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
