import { UnsupportedModelError } from '../../core/model-config/fields';
import type { LlamaConfig } from '../../core/model-config/llama-config';
import { linesOf, type ScoringSize } from '../batch';
import type { Graph, Tensor } from '../graph';
import { attention } from '../layers/attention';
import { type QueryBlock, queryBlocks } from '../layers/attention-mask';
import { tokenLogProbabilities } from '../layers/token-log-probabilities';
import { type Model, ModelTensors } from '../model/model-tensors';
import { headName } from '../model/parameters';
import { rotationsAt } from '../model/rotation';
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
 * @throws UnsupportedModelError when sequences are longer than the positions that are supported
 */
export function sequenceLogps(graph: Graph, model: Model, size: ScoringSize): SequenceLogps {
  const { config } = model;
  const { sequences, length, slots } = size;
  if (config.longestSequence !== undefined && length > config.longestSequence) {
    throw new UnsupportedModelError(
      `sequences of ${length} tokens are longer than the ${config.longestSequence} that longrope keeps short factors ` +
        'for; shorten them',
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
  const rotations = rotationsAt(positions, config, length);
  const blocks = blocksOf(config, segments, positions);
  const scored = hiddenStates(
    tensors,
    tokens,
    batch,
    rotations,
    ({ queries, keys, values }, layer) =>
      attention(queries, keys, values, blocks(layer), { scale: config.attentionScale, cap: config.scoreCap }),
    (all) => selectRows(all, rows, inverseRows),
  );
  const tokenLogps = tokenLogProbabilities(
    scored,
    tensors.weight(headName(config)),
    targets,
    config.logitCap,
  );
  return {
    tensors,
    tokenLogps: reshape(tokenLogps, [slots]),
    sequenceLogps: reshape(matmul(membership, tokenLogps), [sequences]),
  };
}

/** What a layer's queries see. Layers without a window, or with one that no line outgrows, share their masks. */
function blocksOf(
  { windows }: LlamaConfig,
  segments: Tensor,
  positions: Tensor,
): (layer: number) => readonly QueryBlock[] {
  const known = new Map<number, readonly QueryBlock[]>();
  const length = positions.shape[1] ?? 0;
  return (layer) => {
    const size = Math.min(windows[layer] ?? length, length);
    const blocks = known.get(size) ?? queryBlocks(segments, { size, positions });
    known.set(size, blocks);
    return blocks;
  };
}
