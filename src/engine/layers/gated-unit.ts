import type { Tensor } from '../graph';
import { sigmoid, tanh } from '../ops/activations';
import { add, multiply, square, subtract } from '../ops/elementwise';

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

/** sqrt(2 / pi) and the cubic term of the approximation. */
const [SCALE, CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];

/**
 * The gated unit with GELU in its approximation by tanh, y = gelu(gate) up with gelu(a) = a (1 + t) / 2 and
 * t = tanh(sqrt(2 / pi) (a + 0.044715 a^3)) (Hendrycks and Gimpel, arXiv 1606.08415; Shazeer, arXiv 2002.05202).
 *
 *     gelu'(a) = (1 + t) / 2 + a (1 - t^2) / 2 * sqrt(2 / pi) (1 + 3 * 0.044715 a^2)
 *
 * @param gate and up, both [rows, width]
 */
export function geglu(gate: Tensor, up: Tensor): Tensor {
  const [t, half, y] = gate.graph.untracked(() => {
    const inner = multiply(gate, add(multiply(square(gate), SCALE * CUBIC), SCALE));
    const bent = tanh(inner);
    const share = multiply(add(bent, 1), 0.5);
    return [bent, share, multiply(multiply(gate, share), up)] as const;
  });
  return gate.graph.differentiable(
    'GeGLU',
    y,
    [gate, up],
    [
      (dy) => {
        const steepness = add(multiply(square(gate), 1.5 * SCALE * CUBIC), SCALE / 2);
        const bend = multiply(multiply(gate, subtract(1, square(t))), steepness);
        return multiply(multiply(dy, up), add(half, bend));
      },
      (dy) => multiply(dy, multiply(gate, half)),
    ],
  );
}
