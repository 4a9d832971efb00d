import { MetricNumbers, type Row } from './row';
import { Series } from './series';

/** All that a run has measured so far. */
export class RunSeries {
  /** By which rows name their metrics. */
  readonly metrics = new MetricNumbers();
  #train = new Series(this.metrics);
  #eval = new Series(this.metrics);

  get train(): Series {
    return this.#train;
  }

  get eval(): Series {
    return this.#eval;
  }

  get isEmpty(): boolean {
    return this.#train.length + this.#eval.length === 0;
  }

  append(row: Row): void {
    // Training that goes on from an earlier step also measures held-out pairs again.
    if (row.split === 'train' && row.step < (this.#train.lastStep ?? 0)) this.#eval.truncate(row.step);
    this[row.split].append(row);
  }

  reserve(times: number): void {
    this.#train.reserve(times);
    this.#eval.reserve(times);
  }

  clear(): void {
    this.#train = new Series(this.metrics);
    this.#eval = new Series(this.metrics);
  }
}
