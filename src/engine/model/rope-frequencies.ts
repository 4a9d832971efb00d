import type { RopeScaling, RopeSettings } from '../../core/model-config/rope-settings';

/**
 * Cosines and signed sines for positions 0 to count - 1, each [count, headSize] row by row, as `rotate` wants them.
 *
 * @param headSize even
 */
export function rotationTables(
  settings: RopeSettings,
  headSize: number,
  count: number,
): { cos: Float64Array; sin: Float64Array } {
  const frequencies = ropeFrequencies(settings, headSize);
  const magnitude = settings.scaling.kind === 'yarn' ? settings.scaling.attentionFactor : 1;
  const cos = new Float64Array(count * headSize);
  const sin = new Float64Array(count * headSize);
  for (let position = 0; position < count; position++) {
    for (const [i, frequency] of frequencies.entries()) {
      const first = position * headSize + i;
      const second = first + headSize / 2;
      cos[first] = cos[second] = magnitude * Math.cos(position * frequency);
      sin[second] = magnitude * Math.sin(position * frequency);
      sin[first] = -magnitude * Math.sin(position * frequency);
    }
  }
  return { cos, sin };
}

/** Radians a position, for each of the headSize / 2 pairs: theta^(-2i / headSize), scaled. */
function ropeFrequencies({ theta, scaling }: RopeSettings, headSize: number): number[] {
  const frequencies = Array.from({ length: headSize / 2 }, (_, i) => theta ** ((-2 * i) / headSize));
  switch (scaling.kind) {
    case 'default':
      return frequencies;
    case 'linear':
      return frequencies.map((frequency) => frequency / scaling.factor);
    case 'llama3':
      return frequencies.map((frequency) => llama3Frequency(frequency, scaling));
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
