/** Logged values that a mean looks back on. */
const SPAN = 10;

/** Exponential moving average over about ten values, corrected for its start. Values that are no number are left out. */
export class MovingAverage {
  #sum = 0;
  #weight = 0;
  #count = 0;

  see(value: number): void {
    if (!Number.isFinite(value)) return;
    const keep = 1 - 2 / (SPAN + 1);
    this.#sum = keep * this.#sum + (1 - keep) * value;
    this.#weight = keep * this.#weight + (1 - keep);
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** NaN before the first value. */
  get value(): number {
    return this.#sum / this.#weight;
  }
}

/** The median of the newest values. */
export class MovingMedian {
  readonly #values: number[] = [];

  constructor(private readonly span: number) {}

  see(value: number): void {
    if (!Number.isFinite(value)) return;
    this.#values.push(value);
    if (this.#values.length > this.span) this.#values.shift();
  }

  get count(): number {
    return this.#values.length;
  }

  get value(): number {
    const sorted = this.#values.toSorted((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle] ?? Number.NaN;
    return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
  }
}
