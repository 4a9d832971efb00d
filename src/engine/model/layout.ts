import type { LlamaConfig } from '../../core/model-config/llama-config';
import { type Shape, sizeOf } from '../shape';
import { type LinearKind, linearName, linearShape, linearsOf, parameterShapes } from './parameters';

/** What is trained. */
export type Tuning =
  /** Nothing: a reference, or an evaluation of the model as stored. */
  | { readonly kind: 'frozen' }
  /** Every weight. */
  | { readonly kind: 'full' }
  /** Low-rank adapters W + alpha / rank * B A on some linear layers (Hu et al., arXiv 2106.09685). */
  | {
      readonly kind: 'lora';
      readonly rank: number;
      readonly alpha: number;
      readonly targets: readonly LinearKind[];
    };

/** Where one trained tensor lies in the flat vectors of parameters, moments and gradients. */
export interface LayoutSlice {
  readonly name: string;
  readonly shape: Shape;
  /** In elements. */
  readonly offset: number;
  /** In elements. */
  readonly size: number;
}

/** The table of contents of a flat vector. */
export interface Layout {
  readonly slices: readonly LayoutSlice[];
  /** Elements in all. */
  readonly size: number;
  /** Weight decay applies to the elements before this one: matrices come first, then norms and biases. */
  readonly decayed: number;
}

/** The trained tensors in their order; adapters are named as PEFT does, without its `base_model.model.` in front. */
export function trainedLayout(config: LlamaConfig, tuning: Tuning): Layout {
  const shapes = [...trainedShapes(config, tuning)];
  const matrices = shapes.filter(([, shape]) => shape.length > 1);
  const vectors = shapes.filter(([, shape]) => shape.length <= 1);
  let offset = 0;
  const slices = [...matrices, ...vectors].map(([name, shape]) => {
    const slice = { name, shape, offset, size: sizeOf(shape) };
    offset += slice.size;
    return slice;
  });
  const decayed = matrices.reduce((total, [, shape]) => total + sizeOf(shape), 0);
  return { slices, size: offset, decayed };
}

function trainedShapes(config: LlamaConfig, tuning: Tuning): ReadonlyMap<string, Shape> {
  if (tuning.kind === 'full') return parameterShapes(config);
  const shapes = new Map<string, Shape>();
  if (tuning.kind === 'frozen') return shapes;
  for (let layer = 0; layer < config.layers; layer++) {
    for (const kind of linearsOf(config).filter((linear) => tuning.targets.includes(linear))) {
      const { inputs, outputs } = linearShape(config, kind);
      shapes.set(`${linearName(layer, kind)}.lora_A.weight`, [tuning.rank, inputs]);
      shapes.set(`${linearName(layer, kind)}.lora_B.weight`, [outputs, tuning.rank]);
    }
  }
  return shapes;
}
