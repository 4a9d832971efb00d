import type { RopeScaling, RopeSettings } from '../../core/model-config/rope-settings';
import { at } from '../at';

/**
 * Cosines and signed sines for positions 0 to count - 1, each [count, size] row by row, as `rotate` wants them.
 *
 * @param size how many elements of a head are rotated; even
 */
export function rotationTables(
  settings: RopeSettings,
  size: number,
  count: number,
): { cos: Float64Array; sin: Float64Array } {
  const frequencies = ropeFrequencies(settings, size);
  const { scaling } = settings;
  const magnitude = 'attentionFactor' in scaling ? scaling.attentionFactor : 1;
  const cos = new Float64Array(count * size);
  const sin = new Float64Array(count * size);
  for (let position = 0; position < count; position++) {
    for (const [i, frequency] of frequencies.entries()) {
      const first = position * size + i;
      const second = first + size / 2;
      cos[first] = cos[second] = magnitude * Math.cos(position * frequency);
      sin[second] = magnitude * Math.sin(position * frequency);
      sin[first] = -magnitude * Math.sin(position * frequency);
    }
  }
  return { cos, sin };
}

/** Radians a position, for each of the size / 2 pairs: theta^(-2i / size), scaled. */
function ropeFrequencies({ theta, scaling }: RopeSettings, size: number): number[] {
  const frequencies = Array.from({ length: size / 2 }, (_, i) => theta ** ((-2 * i) / size));
  switch (scaling.kind) {
    case 'default':
      return frequencies;
    case 'linear':
      return frequencies.map((frequency) => frequency / scaling.factor);
    case 'llama3':
      return frequencies.map((frequency) => llama3Frequency(frequency, scaling));
    case 'longrope':
      return frequencies.map((frequency, i) => frequency / at(scaling.factors, i));
    case 'yarn':
      return yarnFrequencies(frequencies, theta, scaling);
  }
}

/**
 * Llama 3.1: wavelengths that fit often into the original length stay, long ones are stretched, those between are
 * interpolated (`_compute_llama3_parameters` in transformers).
 */
function llama3Frequency(frequency: number, scaling: Extract<RopeScaling, { kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalLength } = scaling;
  const turns = (originalLength * frequency) / (2 * Math.PI);
  const kept = clamp((turns - low) / (high - low));
  return kept * frequency + (1 - kept) * (frequency / factor);
}

/**
 * YaRN (Peng et al., arXiv 2309.00071, section 3.2): a ramp over the pairs, from those that turn more than betaFast
 * times within the original length, which stay, to those that turn fewer than betaSlow times, which are stretched.
 */
function yarnFrequencies(
  frequencies: readonly number[],
  theta: number,
  scaling: Extract<RopeScaling, { kind: 'yarn' }>,
): number[] {
  const headSize = 2 * frequencies.length;
  const pairThatTurns = (times: number) =>
    (headSize * Math.log(scaling.originalLength / (times * 2 * Math.PI))) / (2 * Math.log(theta));
  const low = Math.max(0, Math.floor(pairThatTurns(scaling.betaFast)));
  const high = Math.min(headSize - 1, Math.ceil(pairThatTurns(scaling.betaSlow)));
  const width = high === low ? 0.001 : high - low;
  return frequencies.map((frequency, i) => {
    const stretched = clamp((i - low) / width);
    return stretched * (frequency / scaling.factor) + (1 - stretched) * frequency;
  });
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
