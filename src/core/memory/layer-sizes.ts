import type { Shape } from './shape';
import type { Plan } from './training-plan';

/**
 * Numbers that the backward pass of one layer needs, per token: eight of the stream's width (inputs and outputs of
 * both norms and of attention), three of the keys' and values', four of the feed-forward layer's, and the attention
 * scores and weights over all positions. torch computes them anew layer by layer (gradient checkpointing) and keeps
 * only what enters each layer; onnx keeps them all.
 */
export function numbersPerLayer({ length }: Plan, { hidden, keyValue, intermediate, heads }: Shape): number {
  return 8 * hidden + 3 * keyValue + 4 * intermediate + 2 * heads * length;
}

/** LoRA adds to a linear layer rank * (inputs + outputs) parameters. Layers of unknown name count as square. */
export function adapterParameters({ rank, targets }: Plan, shape: Shape): number {
  const { hidden, keyValue, intermediate, layers } = shape;
  const widths: Record<string, number> = {
    k_proj: hidden + keyValue,
    v_proj: hidden + keyValue,
    gate_proj: hidden + intermediate,
    up_proj: hidden + intermediate,
    down_proj: hidden + intermediate,
  };
  const perLayer = targets.reduce((sum, target) => sum + (widths[target] ?? 2 * hidden), 0);
  return layers * rank * perLayer;
}
