import { UnsupportedModelError } from '../../core/model-config/fields';
import { linesOf, type ScoringSize } from '../batch';
import type { Graph, Tensor } from '../graph';
import { attention } from '../layers/attention';
import { queryBlocks } from '../layers/attention-mask';
import { tokenLogProbabilities } from '../layers/token-log-probabilities';
import { type Model, ModelTensors } from '../model/model-tensors';
import { headName } from '../model/parameters';
import { rotationAt } from '../model/rotation';
import { hiddenStates } from '../model/transformer';
import { selectRows } from '../ops/gather';
import { matmul } from '../ops/matmul';
import { reshape } from '../ops/reshape';

/** Log-probabilities of a batch, in nats. */
export interface SequenceLogps {
  readonly tensors: ModelTensors;
  /** [slots] */
  readonly tokenLogps: Tensor;
  /** [sequences]: sums over the slots of a sequence. */
  readonly sequenceLogps: Tensor;
}

/**
 * Scores the responses of a batch under the model; the inputs are those that `scoringInputs` prepares, without `ends`.
 *
 * @throws UnsupportedModelError when sequences are longer than the attention window of the model
 */
export function sequenceLogps(graph: Graph, model: Model, size: ScoringSize): SequenceLogps {
  const { config } = model;
  const { sequences, length, slots } = size;
  if (config.slidingWindow !== undefined && length > config.slidingWindow) {
    throw new UnsupportedModelError(
      `sequences of ${length} tokens exceed the model's sliding window of ${config.slidingWindow}; ` +
        'windowed attention is not supported: shorten them',
    );
  }
  const lines = linesOf(size);
  const tokens = graph.input('tokens', [lines, length], 'int64');
  const positions = graph.input('positions', [lines, length], 'int64');
  const segments = graph.input('segments', [lines, length]);
  const rows = graph.input('rows', [slots], 'int64');
  const inverseRows = graph.input('inverse_rows', [lines * length], 'int64');
  const targets = graph.input('targets', [slots], 'int64');
  const membership = graph.input('membership', [sequences, slots]);

  const tensors = new ModelTensors(graph, model);
  const batch = { lines, length };
  const rotation = rotationAt(positions, config, length);
  const blocks = queryBlocks(segments);
  const scored = hiddenStates(
    tensors,
    tokens,
    batch,
    rotation,
    ({ queries, keys, values }) => attention(queries, keys, values, blocks, config.attentionScale),
    (all) => selectRows(all, rows, inverseRows),
  );
  const tokenLogps = tokenLogProbabilities(scored, tensors.weight(headName(config)), targets);
  return {
    tensors,
    tokenLogps: reshape(tokenLogps, [slots]),
    sequenceLogps: reshape(matmul(membership, tokenLogps), [sequences]),
  };
}
