import type { LlamaConfig } from '../../core/model-config/llama-config';
import type { Shape } from '../shape';

/** The linear layers of a transformer block, by the last part of their Hugging Face name. */
export const LINEARS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const;
/** The same where layers that read the same input are one: Phi-3, in its order, which seeds the start of adapters. */
const FUSED_LINEARS = ['o_proj', 'qkv_proj', 'gate_up_proj', 'down_proj'] as const;
export type LinearKind = (typeof LINEARS)[number] | (typeof FUSED_LINEARS)[number];

export function linearsOf(config: LlamaConfig): readonly LinearKind[] {
  return config.fusedLinears ? FUSED_LINEARS : LINEARS;
}

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';

/** The matrix that turns hidden states into logits, [vocabulary, hidden]. */
export function headName(config: LlamaConfig): string {
  return config.tiedEmbeddings ? EMBEDDING : 'lm_head.weight';
}

/** `model.layers.3.self_attn.q_proj`: weight, bias and adapter are called by this and a suffix. */
export function linearName(layer: number, kind: LinearKind): string {
  const block = MLP.has(kind) ? 'mlp' : 'self_attn';
  return `model.layers.${layer}.${block}.${kind}`;
}

const MLP: ReadonlySet<LinearKind> = new Set(['gate_proj', 'up_proj', 'gate_up_proj', 'down_proj']);

/** The norms around attention or the feed-forward layer. */
export interface NormNames {
  readonly before?: string;
  readonly after?: string;
}

/** Of attention and of the feed-forward layer. */
export function normNames(
  { norms }: LlamaConfig,
  layer: number,
): { readonly attention: NormNames; readonly feedForward: NormNames } {
  const name = (which: string) => `model.layers.${layer}.${which}_layernorm.weight`;
  switch (norms) {
    case 'before':
      return { attention: { before: name('input') }, feedForward: { before: name('post_attention') } };
    case 'after':
      return {
        attention: { after: name('post_attention') },
        feedForward: { after: name('post_feedforward') },
      };
    case 'around':
      return {
        attention: { before: name('input'), after: name('post_attention') },
        feedForward: { before: name('pre_feedforward'), after: name('post_feedforward') },
      };
  }
}

/** Of the queries or keys. */
export function queryKeyNormName(layer: number, which: 'q' | 'k'): string {
  return `model.layers.${layer}.self_attn.${which}_norm.weight`;
}

/** Width in and out of a linear layer, and whether it has a bias. */
export function linearShape(
  config: LlamaConfig,
  kind: LinearKind,
): { readonly inputs: number; readonly outputs: number; readonly bias: boolean } {
  const { hiddenSize, intermediateSize, heads, keyValueHeads, headSize } = config;
  switch (kind) {
    case 'q_proj':
      return { inputs: hiddenSize, outputs: heads * headSize, bias: config.queryKeyValueBias };
    case 'k_proj':
    case 'v_proj':
      return { inputs: hiddenSize, outputs: keyValueHeads * headSize, bias: config.queryKeyValueBias };
    case 'qkv_proj':
      return { inputs: hiddenSize, outputs: (heads + 2 * keyValueHeads) * headSize, bias: false };
    case 'gate_up_proj':
      return { inputs: hiddenSize, outputs: 2 * intermediateSize, bias: false };
    case 'o_proj':
      return { inputs: heads * headSize, outputs: hiddenSize, bias: config.attentionOutputBias };
    case 'gate_proj':
    case 'up_proj':
      return { inputs: hiddenSize, outputs: intermediateSize, bias: config.feedForwardBias };
    case 'down_proj':
      return { inputs: intermediateSize, outputs: hiddenSize, bias: config.feedForwardBias };
  }
}

/** Every tensor of the model with its Hugging Face name, matrices as [out, in]. */
export function parameterShapes(config: LlamaConfig): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>([[EMBEDDING, [config.vocabularySize, config.hiddenSize]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const kind of linearsOf(config)) {
      const { inputs, outputs, bias } = linearShape(config, kind);
      shapes.set(`${linearName(layer, kind)}.weight`, [outputs, inputs]);
      if (bias) shapes.set(`${linearName(layer, kind)}.bias`, [outputs]);
    }
    if (config.queryKeyNorm) {
      const whole = config.queryKeyNorm === 'whole';
      const width = (heads: number) => (whole ? heads : 1) * config.headSize;
      shapes.set(queryKeyNormName(layer, 'q'), [width(config.heads)]);
      shapes.set(queryKeyNormName(layer, 'k'), [width(config.keyValueHeads)]);
    }
    const { attention, feedForward } = normNames(config, layer);
    for (const name of [attention.before, attention.after, feedForward.before, feedForward.after]) {
      if (name !== undefined) shapes.set(name, [config.hiddenSize]);
    }
  }
  shapes.set(FINAL_NORM, [config.hiddenSize]);
  return shapes.set(headName(config), [config.vocabularySize, config.hiddenSize]);
}
