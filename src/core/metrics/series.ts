import { Column } from './column';
import type { MetricNumbers, Row } from './row';

/** A metric over the steps that have a value of it, ascending. NaN and infinities are values: they were measured. */
export interface Curve {
  /** Optimizer steps done. */
  readonly steps: Uint32Array;
  /** As many; in the unit that `METRICS` names where it knows the metric, rounded to single precision. */
  readonly values: Float32Array;
}

/** The metrics of one split, a column each. */
export class Series {
  readonly #steps = new Column(Uint32Array);
  readonly #curves: (MetricColumn | undefined)[] = [];

  constructor(private readonly metrics: MetricNumbers) {}

  /** Steps that have any value. */
  get length(): number {
    return this.#steps.length;
  }

  get lastStep(): number | undefined {
    return this.#steps.last;
  }

  /** The metrics that have values: known ones in the order of `METRICS`, then others. */
  get names(): string[] {
    return this.metrics.names.filter((_, metric) => (this.#curves[metric]?.length ?? 0) > 0);
  }

  /** The numbers themselves, not a copy: they hold until the series changes. */
  curve(name: string): Curve | undefined {
    const column = this.#curves[this.metrics.find(name) ?? -1];
    return column && column.length > 0 ? column.curve(this.#steps) : undefined;
  }

  /** Adds a step, or more values of the last one. An earlier step voids itself and all after it: it was trained again. */
  append(row: Row): void {
    if (row.step < (this.lastStep ?? 0)) this.truncate(row.step);
    if (row.step !== this.lastStep) this.#steps.push(row.step);
    for (let index = 0; index < row.count; index++) {
      const metric = row.metrics[index] ?? 0;
      const column = this.#curves[metric] ?? new MetricColumn();
      this.#curves[metric] = column;
      column.set(this.#steps, row.values[index] ?? Number.NaN);
    }
  }

  /** Puts these values in place of a metric's. Steps that the series does not have are left out: they are trained again. */
  replace(name: string, valueAt: ReadonlyMap<number, number>): void {
    const metric = this.metrics.find(name);
    if (metric === undefined) return;
    const column = new MetricColumn();
    const steps = new Column(Uint32Array);
    for (const step of this.#steps.view()) {
      steps.push(step);
      const value = valueAt.get(step);
      if (value !== undefined) column.set(steps, value);
    }
    this.#curves[metric] = column.withOwnSteps(steps);
  }

  /** Makes room for so many times what is there, which spares copies of what grows. */
  reserve(times: number): void {
    this.#steps.reserve(times);
    for (const column of this.#curves) column?.reserve(times);
  }

  /** Forgets this step and all after it. */
  truncate(step: number): void {
    for (const column of this.#curves) column?.truncate(this.#steps, step);
    this.#steps.truncate(countBefore(this.#steps.view(), step));
  }
}

/** Values of a metric. Their steps are those of the series, until a step has no value; then the column has its own. */
class MetricColumn {
  readonly #values = new Column(Float32Array);
  #steps: Column<Uint32Array> | undefined;

  get length(): number {
    return this.#values.length;
  }

  /** Sets the value at the last of the steps. */
  set(steps: Column<Uint32Array>, value: number): void {
    const hasOwn = this.#steps !== undefined;
    if (hasOwn ? this.#steps?.last === steps.last : this.#values.length === steps.length) {
      this.#values.replaceLast(value);
      return;
    }
    if (!hasOwn && this.#values.length < steps.length - 1) this.#takeSteps(steps);
    this.#values.push(value);
    this.#steps?.push(steps.last ?? 0);
  }

  truncate(steps: Column<Uint32Array>, step: number): void {
    const length = countBefore(this.curve(steps).steps, step);
    this.#values.truncate(length);
    this.#steps?.truncate(length);
  }

  reserve(times: number): void {
    this.#values.reserve(times);
    this.#steps?.reserve(times);
  }

  curve(steps: Column<Uint32Array>): Curve {
    return { steps: (this.#steps ?? steps).view(this.length), values: this.#values.view() };
  }

  /** Values of a step can come later than those of steps after it. */
  withOwnSteps(steps: Column<Uint32Array>): this {
    if (!this.#steps) this.#takeSteps(steps);
    return this;
  }

  #takeSteps(steps: Column<Uint32Array>): void {
    const own = new Column(Uint32Array);
    for (const step of steps.view(this.length)) own.push(step);
    this.#steps = own;
  }
}

/** How many of the ascending steps lie before this one. */
export function countBefore(steps: ArrayLike<number>, step: number): number {
  let from = 0;
  let to = steps.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((steps[middle] ?? 0) < step) from = middle + 1;
    else to = middle;
  }
  return from;
}
