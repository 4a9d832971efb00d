import { METRICS, type MetricName, type MetricsLine } from '../runs/format';

/** Metrics by their number, which a row has in place of their names. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** The largest step that a series can hold. */
const LARGEST_STEP = 2 ** 32 - 1;

/** What one line measured. A single row serves for a million lines: nothing is made for a line. */
export class Row {
  step = 0;
  split: MetricsLine['split'] = 'train';
  count = 0;
  readonly metrics = new Uint8Array(METRIC_NAMES.length);
  readonly values = new Float64Array(METRIC_NAMES.length);

  add(metric: number, value: number): void {
    this.metrics[this.count] = metric;
    this.values[this.count++] = value;
  }
}

/** Steps are whole and not negative; anything else is no line of a trainer. */
export function isStep(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LARGEST_STEP;
}
