import { canNameMetric, METRICS, type MetricName, type MetricsLine } from '../runs/format';

/** The known metrics by their number, which a row has in place of their names. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** Metrics of one run, at most: the known ones, and those that a trainer has of its own. */
export const MOST_METRICS = 150;

/** Names of metrics by number: the known ones first, then others in the order in which they were met. */
export class MetricNumbers {
  readonly #numbers = new Map<string, number>(METRIC_NAMES.map((name, number) => [name, number]));
  readonly names: string[] = [...METRIC_NAMES];

  get isFull(): boolean {
    return this.names.length === MOST_METRICS;
  }

  /** Undefined for a name that is not known yet. */
  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** Undefined for a new name that there is no room for. */
  take(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined || this.isFull || !canNameMetric(name)) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** The largest step that a series can hold. */
const LARGEST_STEP = 2 ** 32 - 1;

/** What one line measured. A single row serves for a million lines: nothing is made for a line. */
export class Row {
  step = 0;
  split: MetricsLine['split'] = 'train';
  count = 0;
  readonly metrics = new Uint8Array(MOST_METRICS);
  readonly values = new Float64Array(MOST_METRICS);

  add(metric: number, value: number): void {
    this.metrics[this.count] = metric;
    this.values[this.count++] = value;
  }
}

/** Steps are whole and not negative; anything else is no line of a trainer. */
export function isStep(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LARGEST_STEP;
}
