import type { Architecture } from './architectures';
import { type Fields, UnsupportedModelError } from './fields';

/**
 * How many tokens each layer's attention looks back on, the token itself among them; undefined where on all. The
 * defaults are those of transformers, `layer_types` of version 5 comes before the older fields.
 */
export function readWindows(
  fields: Fields,
  architecture: Architecture,
  layers: number,
  unrotated: readonly number[],
): readonly (number | undefined)[] {
  const size = windowSize(fields, architecture);
  const types = fields.texts('layer_types');
  const isWindowed =
    types.length > 0 && architecture.slidingWindow !== 'all'
      ? byType(types, layers)
      : byRule(fields, architecture, unrotated);
  return Array.from({ length: layers }, (_, layer) =>
    size !== undefined && isWindowed(layer) ? size : undefined,
  );
}

/** Where the file does not name it, the default; null stands for none. */
function windowSize(fields: Fields, { slidingWindow, windowSize: size }: Architecture): number | undefined {
  const isOptional = slidingWindow === 'upper' || slidingWindow === 'unrotated';
  if (slidingWindow === undefined || (isOptional && !fields.flag('use_sliding_window'))) return undefined;
  return fields.names('sliding_window') ? fields.optionalCount('sliding_window') : size;
}

type IsWindowed = (layer: number) => boolean;

function byType(types: readonly string[], layers: number): IsWindowed {
  const other = types.find((type) => type !== 'sliding_attention' && type !== 'full_attention');
  if (other !== undefined) throw new UnsupportedModelError(`layers of type ${other} are not supported`);
  if (types.length < layers) {
    throw new UnsupportedModelError(
      `config.json: layer_types names ${types.length} layers, and the model has ${layers}`,
    );
  }
  return (layer) => types[layer] === 'sliding_attention';
}

function byRule(fields: Fields, architecture: Architecture, unrotated: readonly number[]): IsWindowed {
  switch (architecture.slidingWindow) {
    case 'upper': {
      const full = fields.number('max_window_layers') ?? 28;
      return (layer) => layer >= full;
    }
    case 'unrotated':
      return (layer) => unrotated.includes(layer);
    case 'alternating': {
      const pattern = fields.optionalCount('sliding_window_pattern') ?? architecture.windowPattern ?? 1;
      return (layer) => (layer + 1) % pattern !== 0;
    }
    default:
      return () => true;
  }
}
