import { at } from '../at';
import type { Tensor } from '../graph';
import { geglu, swiglu } from '../layers/gated-unit';
import { rmsNorm } from '../layers/rms-norm';
import { rotate } from '../layers/rotary';
import { add, multiply } from '../ops/elementwise';
import { gather } from '../ops/gather';
import { reshape, transpose } from '../ops/reshape';
import { slice } from '../ops/slice';
import { sizeOf } from '../shape';
import type { ModelTensors } from './model-tensors';
import { EMBEDDING, FINAL_NORM, type NormNames, normNames, queryKeyNormName } from './parameters';
import type { RotationOf } from './rotation';

/** Heads of one layer, rotated, ready to attend. */
export interface Heads {
  /** [lines, keyValueHeads, length * group, headSize]: the query heads of a group beside each other at a position. */
  readonly queries: Tensor;
  /** [lines, keyValueHeads, length, headSize] */
  readonly keys: Tensor;
  /** [lines, keyValueHeads, length, headSize] */
  readonly values: Tensor;
}

/** How queries meet keys: within the batch while training, with the cache while decoding. Gives the shape of queries. */
export type Attend = (heads: Heads, layer: number) => Tensor;

/** The sizes of a batch: all lines are padded to one length, in tokens. */
export interface BatchSize {
  readonly lines: number;
  readonly length: number;
}

/**
 * From tokens to hidden states after the final norm, so scaled that the head makes the model's logits of them.
 *
 * @param tokens int64 [lines, length]
 * @param select takes the rows that are wanted out of [lines * length, width]; after the last attention no others count
 * @returns [rows wanted, hiddenSize]
 */
export function hiddenStates(
  tensors: ModelTensors,
  tokens: Tensor,
  batch: BatchSize,
  rotations: RotationOf,
  attend: Attend,
  select: (rows: Tensor) => Tensor,
): Tensor {
  const { layers, embeddingScale, residualScale, logitScale } = tensors.config;
  const before = (x: Tensor, names: NormNames) => normalised(tensors, x, names.before);
  const after = (x: Tensor, names: NormNames) => scaled(normalised(tensors, x, names.after), residualScale);
  const embedded = gather(tensors.weight(EMBEDDING), reshape(tokens, [batch.lines * batch.length]));
  let x = scaled(embedded, embeddingScale);
  for (let layer = 0; layer < layers; layer++) {
    const norms = normNames(tensors.config, layer);
    const heads = splitHeads(tensors, before(x, norms.attention), layer, batch, rotations);
    let attended = joinHeads(attend(heads, layer), batch, tensors.config.heads);
    if (layer === layers - 1) [x, attended] = [select(x), select(attended)];
    x = add(x, after(tensors.linears(attended, layer, ['o_proj']).o_proj, norms.attention));
    x = add(x, after(feedForward(tensors, before(x, norms.feedForward), layer), norms.feedForward));
  }
  return scaled(normalised(tensors, x, FINAL_NORM), logitScale);
}

/** x itself where the name of a norm is missing. */
function normalised(tensors: ModelTensors, x: Tensor, name: string | undefined): Tensor {
  if (name === undefined) return x;
  const { normEpsilon, offsetNorms } = tensors.config;
  const weight = tensors.weight(name);
  return rmsNorm(x, offsetNorms ? add(weight, 1) : weight, normEpsilon);
}

function scaled(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : multiply(x, factor);
}

function feedForward(tensors: ModelTensors, x: Tensor, layer: number): Tensor {
  const [gate, up] = gateAndUp(tensors, x, layer);
  const unit = tensors.config.activation === 'gelu' ? geglu : swiglu;
  return tensors.linears(unit(gate, up), layer, ['down_proj']).down_proj;
}

function gateAndUp(tensors: ModelTensors, x: Tensor, layer: number): [Tensor, Tensor] {
  const { fusedLinears, intermediateSize } = tensors.config;
  if (!fusedLinears) {
    const apart = tensors.linears(x, layer, ['gate_proj', 'up_proj']);
    return [apart.gate_proj, apart.up_proj];
  }
  const fused = tensors.linears(x, layer, ['gate_up_proj']).gate_up_proj;
  return [slice(fused, 1, 0, intermediateSize), slice(fused, 1, intermediateSize, 2 * intermediateSize)];
}

/** Rows of queries, keys and values, all heads of a position in one. */
function queriesKeysValues(tensors: ModelTensors, x: Tensor, layer: number): [Tensor, Tensor, Tensor] {
  const { fusedLinears, heads, keyValueHeads, headSize } = tensors.config;
  if (!fusedLinears) {
    const apart = tensors.linears(x, layer, ['q_proj', 'k_proj', 'v_proj']);
    return [apart.q_proj, apart.k_proj, apart.v_proj];
  }
  const fused = tensors.linears(x, layer, ['qkv_proj']).qkv_proj;
  const [queries, keys] = [heads * headSize, keyValueHeads * headSize];
  return [
    slice(fused, 1, 0, queries),
    slice(fused, 1, queries, queries + keys),
    slice(fused, 1, queries + keys, queries + 2 * keys),
  ];
}

function splitHeads(
  tensors: ModelTensors,
  x: Tensor,
  layer: number,
  { lines, length }: BatchSize,
  rotations: RotationOf,
): Heads {
  const { heads, keyValueHeads, headSize, queryKeyNorm } = tensors.config;
  const [q, k, v] = queriesKeysValues(tensors, x, layer);
  const rotation = rotations(layer);
  const rotated = (rows: Tensor, which: 'q' | 'k', count: number) => {
    const width = queryKeyNorm === 'head' ? headSize : count * headSize;
    const name = queryKeyNorm && queryKeyNormName(layer, which);
    const even = normalised(tensors, reshape(rows, [sizeOf(rows.shape) / width, width]), name);
    const byHead = reshape(even, [lines, length, count, headSize]);
    return rotation ? rotate(byHead, rotation) : byHead;
  };
  const group = heads / keyValueHeads;
  const byKeyHead = (tensor: Tensor, width: number) =>
    transpose(reshape(tensor, [lines, length, keyValueHeads, width]), [0, 2, 1, 3]);
  const queries = byKeyHead(rotated(q, 'q', heads), group * headSize);
  return {
    queries: reshape(queries, [lines, keyValueHeads, length * group, headSize]),
    keys: byKeyHead(rotated(k, 'k', keyValueHeads), headSize),
    values: byKeyHead(v, headSize),
  };
}

/** Back from heads to rows: [lines * length, heads * headSize]. */
function joinHeads(attended: Tensor, { lines, length }: BatchSize, heads: number): Tensor {
  const [keyValueHeads, headSize] = [at(attended.shape, 1), at(attended.shape, 3)];
  const byKeyHead = reshape(attended, [lines, keyValueHeads, length, (heads / keyValueHeads) * headSize]);
  return reshape(transpose(byKeyHead, [0, 2, 1, 3]), [lines * length, heads * headSize]);
}
