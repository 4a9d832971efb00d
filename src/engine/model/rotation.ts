import type { LlamaConfig } from '../../core/model-config/llama-config';
import type { RopeSettings } from '../../core/model-config/rope-settings';
import type { Tensor } from '../graph';
import type { Rotation } from '../layers/rotary';
import { gather } from '../ops/gather';
import { reshape } from '../ops/reshape';
import { sizeOf } from '../shape';
import { rotationTables } from './rope-frequencies';

/** The rotation of a layer's queries and keys, or none. */
export type RotationOf = (layer: number) => Rotation | undefined;

/**
 * The rotations of queries and keys at their positions.
 *
 * @param positions int64 [lines, length]
 * @param count positions are smaller than it
 */
export function rotationsAt(positions: Tensor, config: LlamaConfig, count: number): RotationOf {
  const { rope, localRope, rotarySize, windows, unrotatedLayers } = config;
  const isLocal = (layer: number) => localRope !== undefined && windows[layer] !== undefined;
  const layers = [...windows.keys()].filter((layer) => !unrotatedLayers.includes(layer));
  const global = layers.some((layer) => !isLocal(layer))
    ? rotationAt(positions, rope, rotarySize, count)
    : undefined;
  const local =
    localRope && layers.some(isLocal) ? rotationAt(positions, localRope, rotarySize, count) : undefined;
  return (layer) => (unrotatedLayers.includes(layer) ? undefined : isLocal(layer) ? local : global);
}

function rotationAt(positions: Tensor, rope: RopeSettings, size: number, count: number): Rotation {
  const [lines = 0, length = 0] = positions.shape;
  const indices = reshape(positions, [sizeOf(positions.shape)]);
  const tables = rotationTables(rope, size, count);
  const atPositions = (table: Float64Array) =>
    reshape(gather(positions.graph.constant(table, [count, size]), indices), [lines, length, 1, size]);
  return { cos: atPositions(tables.cos), sin: atPositions(tables.sin) };
}
