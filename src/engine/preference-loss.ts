import type { Tensor } from './graph';
import type { Objective } from './objective-formulas';
import { relu, softplus } from './ops/activations';
import { add, divide, multiply, negate, square, subtract } from './ops/elementwise';
import { slice } from './ops/slice';

/**
 * The difference of log-ratios of each pair. Chosen responses fill the first half of a batch, the rejected ones of the
 * same pairs the second half, in the same order.
 *
 * @param logRatios [2 * pairs]: log pi - log ref of each response, in nats
 * @returns [pairs]
 */
export function pairDifferences(logRatios: Tensor): Tensor {
  const [count = 0] = logRatios.shape;
  return subtract(slice(logRatios, 0, 0, count / 2), slice(logRatios, 0, count / 2, count));
}

/**
 * The loss of each pair, as `objective-formulas` has it.
 *
 * @param deltas [pairs]
 * @param beta a scalar
 * @param labelSmoothing gives a scalar, where the objective wants it
 * @returns [pairs]
 */
export function preferenceLosses(
  objective: Objective,
  deltas: Tensor,
  beta: Tensor,
  labelSmoothing: () => Tensor,
): Tensor {
  const margins = multiply(deltas, beta);
  switch (objective) {
    case 'sigmoid': {
      const smoothing = labelSmoothing();
      return add(
        multiply(subtract(1, smoothing), asLabelled(margins)),
        multiply(smoothing, asFlipped(margins)),
      );
    }
    case 'hinge':
      return relu(subtract(1, margins));
    case 'ipo':
      return square(subtract(deltas, divide(0.5, beta)));
    case 'robust': {
      const smoothing = labelSmoothing();
      const estimate = subtract(
        multiply(subtract(1, smoothing), asLabelled(margins)),
        multiply(smoothing, asFlipped(margins)),
      );
      return divide(estimate, subtract(1, multiply(smoothing, 2)));
    }
  }
}

/** -log sigmoid(margin): the loss if the label is right. */
function asLabelled(margins: Tensor): Tensor {
  return softplus(negate(margins));
}

/** -log sigmoid(-margin): the loss if the label is wrong. */
function asFlipped(margins: Tensor): Tensor {
  return softplus(margins);
}
