import { type Fields, UnsupportedModelError } from './fields';
import type { RopeScaling, RopeSettings } from './rope-settings';

const DEFAULT_THETA = 10_000;

/**
 * The rotary embedding of a `config.json`: `rope_parameters` in transformers 5; `rope_theta` and `rope_scaling`, whose
 * kind was once called `type`, before.
 */
export function readRope(config: Fields, defaultTheta = DEFAULT_THETA): RopeSettings {
  const key = config.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling';
  const rope = config.inside(key);
  const theta = rope.number('rope_theta') ?? config.number('rope_theta') ?? defaultTheta;
  if ((rope.number('partial_rotary_factor') ?? 1) !== 1) {
    throw new UnsupportedModelError(
      'only part of each head is rotated (partial_rotary_factor), which is not supported',
    );
  }
  return { theta, scaling: readScaling(rope, config.optionalCount('max_position_embeddings')) };
}

function readScaling(rope: Fields, maxPositions: number | undefined): RopeScaling {
  const kind = rope.text('rope_type') ?? rope.text('type') ?? 'default';
  const required = (key: string, fallback?: number): number => {
    const value = rope.number(key) ?? fallback;
    if (value === undefined)
      throw new UnsupportedModelError(`config.json: the ${kind} rope scaling has no ${key}`);
    return value;
  };
  switch (kind) {
    case 'default':
      return { kind };
    case 'linear':
      return { kind, factor: required('factor') };
    case 'llama3':
      return {
        kind,
        factor: required('factor'),
        lowFrequencyFactor: required('low_freq_factor'),
        highFrequencyFactor: required('high_freq_factor'),
        originalLength: required('original_max_position_embeddings', maxPositions),
      };
    case 'yarn': {
      const factor = required('factor');
      return {
        kind,
        factor,
        originalLength: required('original_max_position_embeddings', maxPositions),
        betaFast: rope.number('beta_fast') || 32,
        betaSlow: rope.number('beta_slow') || 1,
        attentionFactor: rope.number('attention_factor') ?? yarnAttentionFactor(factor, rope),
      };
    }
    default:
      throw new UnsupportedModelError(
        `rope scaling ${kind} is not supported; default, linear, llama3 and yarn are`,
      );
  }
}

/** 0.1 ln(factor) + 1 (arXiv 2309.00071, equation 22), or DeepSeek's quotient of two such numbers. */
function yarnAttentionFactor(factor: number, rope: Fields): number {
  const magnitude = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const [scale, allDimensions] = [rope.number('mscale'), rope.number('mscale_all_dim')];
  return scale && allDimensions ? magnitude(scale) / magnitude(allDimensions) : magnitude(1);
}
