import type { Tensor } from '../graph';
import { cast } from './cast';
import { add, exponential, logarithm, multiply, negate, subtract, unary } from './elementwise';
import { reduceSum } from './reduce';

/** 1 / (1 + exp(-x)) */
export function sigmoid(x: Tensor): Tensor {
  return unary('Sigmoid', x, (dy, y) => multiply(dy, multiply(y, subtract(1, y))));
}

export function tanh(x: Tensor): Tensor {
  return unary('Tanh', x, (dy, y) => multiply(dy, subtract(1, multiply(y, y))));
}

/** max(0, x), with gradient 0 at 0, as PyTorch has it. */
export function relu(x: Tensor): Tensor {
  return unary('Relu', x, (dy) => multiply(dy, isPositive(x)));
}

/** log(1 + exp(x)) = -log sigmoid(-x), as max(0, x) + log(1 + exp(-|x|)), which never overflows. */
export function softplus(x: Tensor): Tensor {
  const y = x.graph.untracked(() => add(relu(x), logarithm(add(exponential(negate(unary('Abs', x))), 1))));
  return x.graph.differentiable('Softplus', y, [x], [(dy) => multiply(dy, sigmoid(x))]);
}

/** Softmax along the last axis. dx = y (dy - sum(dy y)). */
export function softmax(x: Tensor): Tensor {
  return x.graph.node({
    operator: 'Softmax',
    inputs: [x],
    shape: x.shape,
    attributes: { axis: -1 },
    gradients: [(dy, y) => multiply(y, subtract(dy, reduceSum(multiply(dy, y), [x.shape.length - 1])))],
  });
}

/** 1 where x > 0, else 0. */
function isPositive(x: Tensor): Tensor {
  const positive = x.graph.node({
    operator: 'Greater',
    inputs: [x, x.graph.constant([0], [])],
    shape: x.shape,
    elementType: 'bool',
  });
  return cast(positive, x.graph.computeType);
}
