import type { Tensor } from '../graph';
import { sigmoid } from '../ops/activations';
import { add, multiply, subtract } from '../ops/elementwise';

/**
 * The gated unit of the feed-forward layer, y = silu(gate) up with silu(a) = a sigmoid(a) (Shazeer, arXiv 2002.05202).
 * With s = sigmoid(gate): dy / d gate = up (s + silu (1 - s)) = y + s (up - y), and dy / d up = silu.
 *
 * @param gate and up, both [rows, width]
 */
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  const [s, silu, y] = gate.graph.untracked(() => {
    const open = sigmoid(gate);
    const activated = multiply(gate, open);
    return [open, activated, multiply(activated, up)] as const;
  });
  return gate.graph.differentiable(
    'SwiGLU',
    y,
    [gate, up],
    [(dy) => multiply(dy, add(y, multiply(s, subtract(up, y)))), (dy) => multiply(dy, silu)],
  );
}
