import type { LlamaConfig } from '../../core/model-config/llama-config';
import { Graph, type Tensor } from '../graph';
import { causalMask, windowMask } from '../layers/attention-mask';
import { cachedAttention, cacheMask, windowedCacheMask } from '../layers/cached-attention';
import { softCap } from '../layers/soft-cap';
import { type Model, ModelTensors } from '../model/model-tensors';
import { headName } from '../model/parameters';
import { rotationsAt } from '../model/rotation';
import { type Attend, hiddenStates } from '../model/transformer';
import type { ComputeType } from '../onnx/element-type';
import { add, subtract } from '../ops/elementwise';
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
  const rotations = rotationsAt(positions, config, capacity);

  const masks = masksOf(config, filled, size);
  const cacheShape = [sequences, config.keyValueHeads, capacity, config.headSize];
  const batch = { lines: sequences, length: width };
  const options = { scale: config.attentionScale, cap: config.scoreCap };
  const attend: Attend = ({ queries, keys, values }, layer) => {
    const names = cacheNames(layer);
    const cache = {
      keys: graph.input(names.keys, cacheShape),
      values: graph.input(names.values, cacheShape),
    };
    graph.output(names.newKeys, keys);
    graph.output(names.newValues, values);
    return graph.untracked(() => cachedAttention(queries, cache, { keys, values }, masks(layer), options));
  };
  const last = hiddenStates(tensors, tokens, batch, rotations, attend, (rows) => gather(rows, lastRows));
  const logits = linear(last, tensors.weight(headName(config)));
  graph.output(
    'logits',
    graph.untracked(() => softCap(logits, config.logitCap)?.values ?? logits),
  );
  return finish(graph);
}

/** What a layer's new tokens see of the cache and of each other. A cache that no window outgrows needs none. */
function masksOf(
  { windows }: LlamaConfig,
  filled: Tensor,
  { width, capacity }: DecodingSize,
): (layer: number) => { readonly cache: Tensor; readonly fresh: Tensor } {
  const { graph } = filled;
  const whole = { cache: cacheMask(filled, capacity), fresh: causalMask(graph, 0, width) };
  const known = new Map<number, typeof whole>();
  return (layer) => {
    const window = windows[layer];
    if (window === undefined || window >= capacity) return whole;
    const positions = [...Array(width).keys()];
    const distances = subtract(
      graph.constant(positions, [width, 1, 1]),
      graph.constant(positions, [1, 1, width]),
    );
    const masks = known.get(window) ?? {
      cache: windowedCacheMask(filled, width, capacity, window),
      fresh: add(whole.fresh, windowMask(distances, window)),
    };
    known.set(window, masks);
    return masks;
  };
}
