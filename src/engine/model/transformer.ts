import { at } from '../at';
import type { Tensor } from '../graph';
import { rmsNorm } from '../layers/rms-norm';
import { type Rotation, rotate } from '../layers/rotary';
import { swiglu } from '../layers/swiglu';
import { add, multiply } from '../ops/elementwise';
import { gather } from '../ops/gather';
import { reshape, transpose } from '../ops/reshape';
import { sizeOf } from '../shape';
import type { ModelTensors } from './model-tensors';
import { EMBEDDING, FINAL_NORM, normNames, queryKeyNormName } from './parameters';

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
  rotation: Rotation,
  attend: Attend,
  select: (rows: Tensor) => Tensor,
): Tensor {
  const { layers, normEpsilon, normsAfter, embeddingScale, residualScale, logitScale } = tensors.config;
  const norm = (x: Tensor, name: string) => rmsNorm(x, tensors.weight(name), normEpsilon);
  const before = (x: Tensor, name: string) => (normsAfter ? x : norm(x, name));
  const after = (x: Tensor, name: string) => scaled(normsAfter ? norm(x, name) : x, residualScale);
  const embedded = gather(tensors.weight(EMBEDDING), reshape(tokens, [batch.lines * batch.length]));
  let x = scaled(embedded, embeddingScale);
  for (let layer = 0; layer < layers; layer++) {
    const norms = normNames(tensors.config, layer);
    const heads = splitHeads(tensors, before(x, norms.attention), layer, batch, rotation);
    let attended = joinHeads(attend(heads, layer), batch, tensors.config.heads);
    if (layer === layers - 1) [x, attended] = [select(x), select(attended)];
    x = add(x, after(tensors.linears(attended, layer, ['o_proj']).o_proj, norms.attention));
    x = add(x, after(feedForward(tensors, before(x, norms.feedForward), layer), norms.feedForward));
  }
  return scaled(norm(x, FINAL_NORM), logitScale);
}

function scaled(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : multiply(x, factor);
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
  const { heads, keyValueHeads, headSize, queryKeyNorm, normEpsilon, unrotatedLayers } = tensors.config;
  const flat = tensors.linears(x, layer, ['q_proj', 'k_proj', 'v_proj']);
  const normalised = (rows: Tensor, which: 'q' | 'k') => {
    if (!queryKeyNorm) return rows;
    const weight = tensors.weight(queryKeyNormName(layer, which));
    const width = at(weight.shape, 0);
    return rmsNorm(reshape(rows, [sizeOf(rows.shape) / width, width]), weight, normEpsilon);
  };
  const rotated = (rows: Tensor, which: 'q' | 'k', count: number) => {
    const byHead = reshape(normalised(rows, which), [lines, length, count, headSize]);
    return unrotatedLayers.includes(layer) ? byHead : rotate(byHead, rotation);
  };
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
