import { Graph } from '../graph';
import { causalMask } from '../layers/attention-mask';
import { cachedAttention, cacheMask } from '../layers/cached-attention';
import { type Model, ModelTensors } from '../model/model-tensors';
import { headName } from '../model/parameters';
import { rotationAt } from '../model/rotation';
import { type Attend, hiddenStates } from '../model/transformer';
import type { ComputeType } from '../onnx/element-type';
import { add } from '../ops/elementwise';
import { gather } from '../ops/gather';
import { linear } from '../ops/matmul';
import { reshape } from '../ops/reshape';
import { type BuiltGraph, finish } from './built-graph';

export interface DecodingSize {
  readonly sequences: number;
  /** New tokens of each sequence in one run: 1 to decode, more to read a prompt in strides. */
  readonly width: number;
  /** Positions that the cache holds, in tokens. */
  readonly capacity: number;
}

/** Names of one layer's ends: the cache going in, and what is to be appended to it coming out. */
export function cacheNames(layer: number) {
  return {
    keys: `keys.${layer}`,
    values: `values.${layer}`,
    newKeys: `new_keys.${layer}`,
    newValues: `new_values.${layer}`,
  };
}

/**
 * One step of decoding with a cache of static size, which the caller keeps. A run reads the cache and returns keys and
 * values of the new tokens; the caller copies those that are no padding to positions `filled`, `filled + 1`, ... and
 * counts them. So nothing but the new positions is ever copied.
 *
 * Inputs: `tokens` int64 [sequences, width]; `filled` int64 [sequences], cache positions in use, at most capacity -
 * width, and their rest must hold finite numbers; `last_rows` int64 [sequences], the row of [sequences * width] whose
 * next token is wanted; per layer `keys.i` and `values.i` [sequences, keyValueHeads, capacity, headSize]; `parameters`
 * unless the model is frozen. Outputs: `logits` [sequences, vocabulary], and per layer `new_keys.i` and
 * `new_values.i` [sequences, keyValueHeads, width, headSize].
 */
export function buildDecoding(
  model: Model,
  size: DecodingSize,
  computeType: ComputeType = 'float32',
): BuiltGraph {
  const { sequences, width, capacity } = size;
  const { config } = model;
  const graph = new Graph(computeType);
  const tokens = graph.input('tokens', [sequences, width], 'int64');
  const filled = graph.input('filled', [sequences], 'int64');
  const lastRows = graph.input('last_rows', [sequences], 'int64');
  const tensors = new ModelTensors(graph, model);

  const steps = graph.constant([...Array(width).keys()], [1, width], 'int64');
  const positions = add(reshape(filled, [sequences, 1]), steps);
  const rotation = rotationAt(positions, config, capacity);

  const mask = cacheMask(filled, capacity);
  const freshMask = causalMask(graph, 0, width);
  const cacheShape = [sequences, config.keyValueHeads, capacity, config.headSize];
  const batch = { lines: sequences, length: width };
  const attend: Attend = ({ queries, keys, values }, layer) => {
    const names = cacheNames(layer);
    const cache = {
      keys: graph.input(names.keys, cacheShape),
      values: graph.input(names.values, cacheShape),
    };
    graph.output(names.newKeys, keys);
    graph.output(names.newValues, values);
    return graph.untracked(() =>
      cachedAttention(queries, cache, { keys, values }, mask, freshMask, config.attentionScale),
    );
  };
  const last = hiddenStates(tensors, tokens, batch, rotation, attend, (rows) => gather(rows, lastRows));
  graph.output('logits', linear(last, tensors.weight(headName(config))));
  return finish(graph);
}
