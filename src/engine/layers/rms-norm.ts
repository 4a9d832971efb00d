import { at } from '../at';
import type { Tensor } from '../graph';
import { add, divide, multiply, square, squareRoot, subtract } from '../ops/elementwise';
import { reduceSum, reduceSumSquare, sumTo } from '../ops/reduce';

/**
 * Root-mean-square normalisation, y = x r w with r = 1 / sqrt(mean(x^2) + epsilon) for each row
 * (Zhang and Sennrich, arXiv 1910.07467).
 *
 *     dx = r (g - x r^2 mean(g x))  with g = dy w
 *     dw = sum over rows of dy x r
 *
 * One rule for the whole keeps only x and r for the backward pass.
 *
 * @param x [rows, width]
 * @param weight [width]
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const width = at(x.shape, 1);
  const [r, y] = x.graph.untracked(() => {
    const inverse = divide(1, squareRoot(add(divide(reduceSumSquare(x, [1]), width), epsilon)));
    return [inverse, multiply(multiply(x, inverse), weight)] as const;
  });
  return x.graph.differentiable(
    'RMSNorm',
    y,
    [x, weight],
    [
      (dy) => {
        const g = multiply(dy, weight);
        const pull = multiply(square(r), divide(reduceSum(multiply(g, x), [1]), width));
        return multiply(r, subtract(g, multiply(x, pull)));
      },
      (dy) => sumTo(multiply(multiply(dy, x), r), weight.shape),
    ],
  );
}
