/** A change of a weight W by scale * B A (Hu et al., arXiv 2106.09685). */
export interface LowRank {
  /** A, [rank, inputs]. */
  readonly a: Float32Array;
  /** B, [outputs, rank]. */
  readonly b: Float32Array;
  readonly rank: number;
  readonly scale: number;
}

/**
 * Adds scale * B A to a weight in place, in float32 as PEFT's merge_and_unload does (sums are float64, then rounded
 * once).
 *
 * @param weight [outputs, inputs]
 */
export function addLowRank(weight: Float32Array, { a, b, rank, scale }: LowRank): void {
  const inputs = a.length / rank;
  const row = new Float64Array(inputs);
  for (let output = 0; output < weight.length / inputs; output++) {
    row.fill(0);
    for (let inner = 0; inner < rank; inner++) {
      const factor = b[output * rank + inner] ?? 0;
      const start = inner * inputs;
      for (let input = 0; input < inputs; input++) {
        row[input] = (row[input] ?? 0) + factor * (a[start + input] ?? 0);
      }
    }
    const start = output * inputs;
    for (let input = 0; input < inputs; input++) {
      weight[start + input] = (weight[start + input] ?? 0) + scale * (row[input] ?? 0);
    }
  }
}
