/** An exponential moving average that goes on from one stretch of values to the next. */
export class Smoother {
  #average = 0;
  /** weight^n */
  #unseen = 1;

  /** @param weight of the past at each value, in [0, 1); 0 leaves values as they are */
  constructor(readonly weight: number) {}

  next(values: Float32Array): Float32Array {
    const { weight } = this;
    const smoothed = new Float32Array(values.length);
    let average = this.#average;
    let unseen = this.#unseen;
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) {
        smoothed[index] = value;
        continue;
      }
      average = weight * average + (1 - weight) * value;
      unseen *= weight;
      smoothed[index] = average / (1 - unseen);
    }
    this.#average = average;
    this.#unseen = unseen;
    return smoothed;
  }
}

/**
 * The exponential moving average of a curve, as training dashboards draw it: the average starts at 0, and is divided by
 * the weight that it has seen, 1 - weight^n, so that the beginning is not drawn down (Kingma and Ba 2015, section 3).
 * Values that are not finite stay where they are and are left out of the average.
 *
 * @param weight of the past at each value, in [0, 1); 0 leaves the curve as it is
 */
export function smooth(values: Float32Array, weight: number): Float32Array {
  return new Smoother(weight).next(values);
}
