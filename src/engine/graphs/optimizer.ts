import { Graph, type Tensor } from '../graph';
import type { Layout } from '../model/layout';
import type { ComputeType } from '../onnx/element-type';
import { add, divide, minimum, multiply, square, squareRoot, subtract, unary } from '../ops/elementwise';
import { sumAll } from '../ops/reduce';
import { concatenate, slice } from '../ops/slice';
import { type BuiltGraph, finish } from './built-graph';

export interface AdamSettings {
  /** Decay of the running mean of gradients. */
  readonly beta1: number;
  /** Decay of the running mean of squared gradients. */
  readonly beta2: number;
  readonly epsilon: number;
}

/** PyTorch's defaults. */
export const ADAM_DEFAULTS: AdamSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** What PyTorch adds to the norm before it divides by it. */
const NORM_EPSILON = 1e-6;

/**
 * One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2) after clipping the gradient to a global
 * norm, in PyTorch's order of operations:
 *
 *     g <- g min(1, max_gradient_norm / (|g| + 1e-6))
 *     p <- p (1 - learning_rate weight_decay)         matrices only: the first `layout.decayed` elements
 *     m <- beta1 m + (1 - beta1) g
 *     v <- beta2 v + (1 - beta2) g^2
 *     p <- p - learning_rate (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
 *
 * Inputs: `parameters`, `first_moments`, `second_moments`, `gradients` [layout.size]; scalars `step` (1 at the first),
 * `learning_rate`, `weight_decay`, `max_gradient_norm` (infinity for no clipping). Outputs: `parameters_out`,
 * `first_moments_out`, `second_moments_out`, and `gradient_norm` before clipping.
 */
export function buildOptimizer(
  layout: Layout,
  settings: AdamSettings = ADAM_DEFAULTS,
  computeType: ComputeType = 'float32',
): BuiltGraph {
  const graph = new Graph(computeType);
  const vector = (name: string) => graph.input(name, [layout.size]);
  const scalar = (name: string) => graph.input(name, []);
  const step = scalar('step');
  const learningRate = scalar('learning_rate');

  const gradient = vector('gradients');
  const norm = squareRoot(sumAll(square(gradient)));
  const clipped = multiply(
    gradient,
    minimum(1, divide(scalar('max_gradient_norm'), add(norm, NORM_EPSILON))),
  );

  const { beta1, beta2, epsilon } = settings;
  const m = runningMean(vector('first_moments'), clipped, beta1);
  const v = runningMean(vector('second_moments'), square(clipped), beta2);
  const spread = add(squareRoot(divide(v, biasCorrection(step, beta2))), epsilon);
  const update = divide(divide(m, biasCorrection(step, beta1)), spread);

  const decay = subtract(1, multiply(learningRate, scalar('weight_decay')));
  const decayed = scaleStart(vector('parameters'), decay, layout);
  graph.output('parameters_out', subtract(decayed, multiply(update, learningRate)));
  graph.output('first_moments_out', m);
  graph.output('second_moments_out', v);
  graph.output('gradient_norm', norm);
  return finish(graph);
}

function runningMean(mean: Tensor, value: Tensor, decay: number): Tensor {
  return add(multiply(mean, decay), multiply(value, 1 - decay));
}

/**
 * 1 - decay^step. In float32 the difference would lose four digits at the first steps of decay 0.999; with
 * x = -step ln(decay), 1 - exp(-x) = 2 t / (1 + t) for t = tanh(x / 2) loses none.
 */
function biasCorrection(step: Tensor, decay: number): Tensor {
  const t = unary('Tanh', multiply(step, -Math.log(decay) / 2));
  return divide(multiply(t, 2), add(t, 1));
}

/** Multiplies the part of the parameters that weight decay applies to. */
function scaleStart(parameters: Tensor, factor: Tensor, { decayed, size }: Layout): Tensor {
  if (decayed === size) return multiply(parameters, factor);
  const rest = slice(parameters, 0, decayed, size);
  return decayed === 0 ? rest : concatenate([multiply(slice(parameters, 0, 0, decayed), factor), rest], 0);
}
