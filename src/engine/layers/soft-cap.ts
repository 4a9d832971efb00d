import type { Tensor } from '../graph';
import { tanh } from '../ops/activations';
import { divide, multiply, square, subtract } from '../ops/elementwise';

/** Numbers kept between -cap and cap, and what their gradient is multiplied by: 1 - tanh^2. Neither is differentiated. */
export interface Capped {
  readonly values: Tensor;
  readonly slope: () => Tensor;
}

/** cap tanh(x / cap), as Gemma 2 caps scores and logits (arXiv 2408.00118, section 2); x itself without a cap. */
export function softCap(x: Tensor, cap: number | undefined): Capped | undefined {
  if (cap === undefined) return undefined;
  const t = tanh(divide(x, cap));
  return { values: multiply(t, cap), slope: () => subtract(1, square(t)) };
}
