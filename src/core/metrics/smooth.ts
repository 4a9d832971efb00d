/** An exponential moving average that values are given to one after another. */
export class Smoother {
  #average = 0;
  /** weight^n */
  #unseen = 1;

  /** @param weight of the past at each value, in [0, 1); 0 leaves values as they are */
  constructor(readonly weight: number) {}

  next(value: number): number {
    if (!Number.isFinite(value)) return value;
    this.#average = this.weight * this.#average + (1 - this.weight) * value;
    this.#unseen *= this.weight;
    return this.#average / (1 - this.#unseen);
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
  const smoother = new Smoother(weight);
  return values.map((value) => smoother.next(value));
}
