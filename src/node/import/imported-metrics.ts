import { withDerived } from '../../core/metrics/metric-aliases';
import type { MetricsLine } from '../../core/runs/format';
import { metricsLine } from '../../core/runs/read-files';
import type { ReadSource } from './read-source';
import { readOrEmpty } from './run-writer';

/**
 * What another trainer's logs measured, as lines of `metrics.jsonl`.
 *
 * @param times of lines that were written before, by step and split
 */
export function metricsOf(
  { recording, news }: ReadSource,
  { created, beta }: { readonly created: number; readonly beta: number | undefined },
  times: ReadonlyMap<string, number>,
): MetricsLine[] {
  return recording.lines.map(({ step, split, time, values }) => ({
    step,
    // A log without times has that of its first import, so that a line once written stays as it is.
    time: time ?? times.get(`${step} ${split}`) ?? Math.max(news, created),
    split,
    values: withDerived(values, beta) as MetricsLine['values'],
  }));
}

/** The times of the lines of a file, by step and split. */
export function timesIn(path: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const text of readOrEmpty(path).split('\n')) {
    try {
      const line = metricsLine(JSON.parse(text));
      if (line) times.set(`${line.step} ${line.split}`, line.time);
    } catch {
      // The last line is empty; a damaged one gets a new time.
    }
  }
  return times;
}
