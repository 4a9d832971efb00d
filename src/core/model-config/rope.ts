import type { Architecture } from './architectures';
import { type Fields, UnsupportedModelError } from './fields';
import type { RopeScaling, RopeSettings } from './rope-settings';

const DEFAULT_THETA = 10_000;

/**
 * The rotary embedding of a `config.json`: `rope_parameters` in transformers 5; `rope_theta` and `rope_scaling`, whose
 * kind was once called `type`, before.
 */
export function readRope(config: Fields, { theta: defaultTheta, localTheta }: Architecture): RopeSettings {
  const whole = config.inside(config.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling');
  const rope = localTheta && whole.has('full_attention') ? whole.inside('full_attention') : whole;
  const theta = rope.number('rope_theta') ?? config.number('rope_theta') ?? defaultTheta ?? DEFAULT_THETA;
  return { theta, scaling: readScaling(rope, config) };
}

/** Of layers with a window, where those have a rotation of their own: Gemma 3. */
export function readLocalRope(config: Fields, { localTheta }: Architecture): RopeSettings | undefined {
  if (localTheta === undefined) return undefined;
  const rope = config.inside('rope_parameters').inside('sliding_attention');
  const theta = rope.number('rope_theta') ?? config.number('rope_local_base_freq') ?? localTheta;
  return { theta, scaling: readScaling(rope, config) };
}

/** How many elements at the start of a head are rotated. */
export function readRotarySize(config: Fields, architecture: Architecture, headSize: number): number {
  const whole = config.inside(config.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling');
  const share =
    whole.number('partial_rotary_factor') ??
    (architecture.partialRotary ? config.number('partial_rotary_factor') : undefined) ??
    1;
  if (share === 1) return headSize;
  const size = Math.trunc(headSize * share);
  if (architecture.partialRotary && size > 0 && size < headSize && size % 2 === 0) return size;
  throw new UnsupportedModelError(
    architecture.partialRotary
      ? `partial_rotary_factor ${share} rotates ${size} of the ${headSize} elements of a head; a smaller, even number is needed`
      : 'only part of each head is rotated (partial_rotary_factor), which is not supported for this architecture',
  );
}

function readScaling(rope: Fields, config: Fields): RopeScaling {
  const kind = rope.text('rope_type') ?? rope.text('type') ?? 'default';
  const maxPositions = config.optionalCount('max_position_embeddings');
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
    // Phi-3 called it su at first.
    case 'su':
    case 'longrope':
      return readLongRope(rope, config);
    default:
      throw new UnsupportedModelError(
        `rope scaling ${kind} is not supported; default, linear, llama3, yarn and longrope are`,
      );
  }
}

/** The attention factor is sqrt(1 + ln(factor) / ln(original length)) (arXiv 2402.13753, section 3.3). */
function readLongRope(rope: Fields, config: Fields): RopeScaling {
  const factors = rope.numbers('short_factor');
  if (!factors) throw new UnsupportedModelError('config.json: the longrope scaling has no short_factor');
  const maxPositions = config.count('max_position_embeddings');
  const originalLength =
    config.optionalCount('original_max_position_embeddings') ??
    rope.optionalCount('original_max_position_embeddings') ??
    maxPositions;
  const factor = rope.number('factor') ?? maxPositions / originalLength;
  const attentionFactor =
    rope.number('attention_factor') ??
    (factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalLength)));
  return { kind: 'longrope', factors, originalLength, attentionFactor };
}

/** 0.1 ln(factor) + 1 (arXiv 2309.00071, equation 22), or DeepSeek's quotient of two such numbers. */
function yarnAttentionFactor(factor: number, rope: Fields): number {
  const magnitude = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const [scale, allDimensions] = [rope.number('mscale'), rope.number('mscale_all_dim')];
  return scale && allDimensions ? magnitude(scale) / magnitude(allDimensions) : magnitude(1);
}
