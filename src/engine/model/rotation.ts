import type { LlamaConfig } from '../../core/model-config/llama-config';
import type { Tensor } from '../graph';
import type { Rotation } from '../layers/rotary';
import { gather } from '../ops/gather';
import { reshape } from '../ops/reshape';
import { sizeOf } from '../shape';
import { rotationTables } from './rope-frequencies';

/**
 * The rotation of queries and keys at their positions.
 *
 * @param positions int64 [lines, length]
 * @param count positions are smaller than it
 */
export function rotationAt(
  positions: Tensor,
  { rope, headSize }: Pick<LlamaConfig, 'rope' | 'headSize'>,
  count: number,
): Rotation {
  const [lines = 0, length = 0] = positions.shape;
  const indices = reshape(positions, [sizeOf(positions.shape)]);
  const tables = rotationTables(rope, headSize, count);
  const atPositions = (table: Float64Array) =>
    reshape(gather(positions.graph.constant(table, [count, headSize]), indices), [
      lines,
      length,
      1,
      headSize,
    ]);
  return { cos: atPositions(tables.cos), sin: atPositions(tables.sin) };
}
