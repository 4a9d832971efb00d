import { gradients } from '../autodiff';
import type { ScoringSize } from '../batch';
import { Graph, type Tensor } from '../graph';
import type { Model } from '../model/model-tensors';
import type { Objective } from '../objective-formulas';
import type { ComputeType } from '../onnx/element-type';
import { add, divide, multiply, negate, subtract } from '../ops/elementwise';
import { sumAll } from '../ops/reduce';
import { reshape } from '../ops/reshape';
import { concatenate, slice } from '../ops/slice';
import { pairDifferences, preferenceLosses } from '../preference-loss';
import { GraphError, sizeOf } from '../shape';
import { type BuiltGraph, finish } from './built-graph';
import { sequenceLogps } from './sequence-logps';

/**
 * One micro-batch of preference pairs, forward and backward: chosen responses in the first half of the sequences,
 * rejected ones in the second.
 *
 *     loss = sum over pairs of pair_weights * objective(delta) - sft_weights * log pi(y+)
 *     delta = difference over the pair of  log pi / lengths - log ref / reference_lengths
 *
 * The weights say what is averaged: 1 / (pairs in the whole optimizer step) in `pair_weights`, 0 for a pair that only
 * fills up; `sft_weights` 0 for no SFT term, the coefficient / (all chosen tokens of the step) for TRL's mean over
 * tokens. `lengths` and `reference_lengths` are the response tokens, under each one's own tokenizer, for
 * length-normalised objectives and for ipo; 1 otherwise.
 *
 * Inputs: those of `scoringInputs` without `ends`; `parameters`, `gradients_in` [layout.size]; `reference_logps`,
 * `lengths`, `reference_lengths` [sequences]; `pair_weights`, `sft_weights` [pairs]; `beta` and, for sigmoid and
 * robust, `label_smoothing`, scalars. Outputs: `loss`, `gradients_out` = gradients_in + d loss / d parameters,
 * `sequence_logps` [sequences] in nats, and `margins` [pairs] = beta * delta.
 */
export function buildPreferenceTraining(
  model: Model,
  size: ScoringSize,
  objective: Objective,
  computeType: ComputeType = 'float32',
): BuiltGraph {
  if (size.sequences % 2 !== 0)
    throw new GraphError(`${size.sequences} sequences are no whole number of pairs`);
  const graph = new Graph(computeType);
  const scores = sequenceLogps(graph, model, size);
  const pairs = size.sequences / 2;
  const perSequence = (name: string) => graph.input(name, [size.sequences]);

  const policy = divide(scores.sequenceLogps, perSequence('lengths'));
  const reference = divide(perSequence('reference_logps'), perSequence('reference_lengths'));
  const deltas = pairDifferences(subtract(policy, reference));
  const beta = graph.input('beta', []);
  const losses = preferenceLosses(objective, deltas, beta, () => graph.input('label_smoothing', []));
  const preference = sumAll(multiply(losses, graph.input('pair_weights', [pairs])));

  const chosen = slice(scores.sequenceLogps, 0, 0, pairs);
  const loss = add(preference, negativeSum(chosen, graph.input('sft_weights', [pairs])));

  outputLossAndGradients(graph, loss, scores.tensors.trained);
  graph.output('sequence_logps', scores.sequenceLogps);
  graph.output('margins', multiply(deltas, beta));
  return finish(graph);
}

/**
 * Supervised fine-tuning on single responses: loss = -sum over sequences of sft_weights * log pi(y).
 *
 * Inputs: those of `scoringInputs` without `ends`, `parameters`, `gradients_in`, and `sft_weights` [sequences], which
 * is 1 / (all response tokens of the optimizer step) for the usual mean over tokens. Outputs: `loss`, `gradients_out`,
 * `sequence_logps`.
 */
export function buildSupervisedTraining(
  model: Model,
  size: ScoringSize,
  computeType: ComputeType = 'float32',
): BuiltGraph {
  const graph = new Graph(computeType);
  const scores = sequenceLogps(graph, model, size);
  const loss = negativeSum(scores.sequenceLogps, graph.input('sft_weights', [size.sequences]));
  outputLossAndGradients(graph, loss, scores.tensors.trained);
  graph.output('sequence_logps', scores.sequenceLogps);
  return finish(graph);
}

function negativeSum(logps: Tensor, weights: Tensor): Tensor {
  return negate(sumAll(multiply(logps, weights)));
}

/** @throws GraphError when nothing is trained */
function outputLossAndGradients(graph: Graph, loss: Tensor, trained: readonly Tensor[]): void {
  if (trained.length === 0) throw new GraphError('a frozen model cannot be trained');
  const parts = gradients(loss, trained).map((gradient) => reshape(gradient, [sizeOf(gradient.shape)]));
  const flat = concatenate(parts, 0);
  graph.output('loss', loss);
  graph.output('gradients_out', add(flat, graph.input('gradients_in', flat.shape)));
}
