import type { ScoringSize } from '../batch';
import { Graph } from '../graph';
import type { Model } from '../model/model-tensors';
import type { ComputeType } from '../onnx/element-type';
import { gather } from '../ops/gather';
import { type BuiltGraph, finish } from './built-graph';
import { sequenceLogps } from './sequence-logps';

/**
 * Log-probabilities of responses, for reference tables, evaluation and the pair inspector.
 *
 * Inputs: those of `scoringInputs`, and `parameters` unless the model is frozen. Outputs, in nats: `token_logps`
 * [slots], `sequence_logps` [sequences] and `end_logps` [sequences], log p of the end-of-sequence token.
 */
export function buildScoring(
  model: Model,
  size: ScoringSize,
  computeType: ComputeType = 'float32',
): BuiltGraph {
  const graph = new Graph(computeType);
  const scores = sequenceLogps(graph, model, size);
  const ends = graph.input('ends', [size.sequences], 'int64');
  graph.output('token_logps', scores.tokenLogps);
  graph.output('sequence_logps', scores.sequenceLogps);
  graph.output('end_logps', gather(scores.tokenLogps, ends));
  return finish(graph);
}
