import { at } from '../at';
import type { Tensor } from '../graph';
import { rmsNorm } from '../layers/rms-norm';
import { type Rotation, rotate } from '../layers/rotary';
import { swiglu } from '../layers/swiglu';
import { add } from '../ops/elementwise';
import { gather } from '../ops/gather';
import { reshape, transpose } from '../ops/reshape';
import { sizeOf } from '../shape';
import type { ModelTensors } from './model-tensors';
import { EMBEDDING, FINAL_NORM, headNormName, normName } from './parameters';

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
 * From tokens to hidden states after the final norm.
 *
 * @param tokens int64 [lines, length]
 * @param select takes the rows that are wanted out of [lines * length, width]; after the last attention no others count
 * @returns [rows wanted, hiddenSize]
 */
export function hiddenStates(
  tensors: ModelTensors,
  tokens: Tensor,
  batch: BatchSize,
  rotation: Rotation,
  attend: Attend,
  select: (rows: Tensor) => Tensor,
): Tensor {
  const { layers, normEpsilon } = tensors.config;
  const norm = (x: Tensor, name: string) => rmsNorm(x, tensors.weight(name), normEpsilon);
  let x = gather(tensors.weight(EMBEDDING), reshape(tokens, [batch.lines * batch.length]));
  for (let layer = 0; layer < layers; layer++) {
    const heads = splitHeads(tensors, norm(x, normName(layer, 'input')), layer, batch, rotation);
    let attended = joinHeads(attend(heads, layer), batch, tensors.config.heads);
    if (layer === layers - 1) [x, attended] = [select(x), select(attended)];
    x = add(x, tensors.linears(attended, layer, ['o_proj']).o_proj);
    x = add(x, feedForward(tensors, norm(x, normName(layer, 'post_attention')), layer));
  }
  return norm(x, FINAL_NORM);
}

function feedForward(tensors: ModelTensors, x: Tensor, layer: number): Tensor {
  const { gate_proj: gate, up_proj: up } = tensors.linears(x, layer, ['gate_proj', 'up_proj']);
  return tensors.linears(swiglu(gate, up), layer, ['down_proj']).down_proj;
}

function splitHeads(
  tensors: ModelTensors,
  x: Tensor,
  layer: number,
  { lines, length }: BatchSize,
  rotation: Rotation,
): Heads {
  const { heads, keyValueHeads, headSize, queryKeyNorm, normEpsilon } = tensors.config;
  const flat = tensors.linears(x, layer, ['q_proj', 'k_proj', 'v_proj']);
  const normalised = (rows: Tensor, which: 'q' | 'k') => {
    if (!queryKeyNorm) return rows;
    const byHead = reshape(rows, [sizeOf(rows.shape) / headSize, headSize]);
    return rmsNorm(byHead, tensors.weight(headNormName(layer, which)), normEpsilon);
  };
  const rotated = (rows: Tensor, which: 'q' | 'k', count: number) =>
    rotate(reshape(normalised(rows, which), [lines, length, count, headSize]), rotation);
  const group = heads / keyValueHeads;
  const byKeyHead = (tensor: Tensor, width: number) =>
    transpose(reshape(tensor, [lines, length, keyValueHeads, width]), [0, 2, 1, 3]);
  const queries = byKeyHead(rotated(flat.q_proj, 'q', heads), group * headSize);
  return {
    queries: reshape(queries, [lines, keyValueHeads, length * group, headSize]),
    keys: byKeyHead(rotated(flat.k_proj, 'k', keyValueHeads), headSize),
    values: byKeyHead(flat.v_proj, headSize),
  };
}

/** Back from heads to rows: [lines * length, heads * headSize]. */
function joinHeads(attended: Tensor, { lines, length }: BatchSize, heads: number): Tensor {
  const [keyValueHeads, headSize] = [at(attended.shape, 1), at(attended.shape, 3)];
  const byKeyHead = reshape(attended, [lines, keyValueHeads, length, (heads / keyValueHeads) * headSize]);
  return reshape(transpose(byKeyHead, [0, 2, 1, 3]), [lines * length, heads * headSize]);
}
