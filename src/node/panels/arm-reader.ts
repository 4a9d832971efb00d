import { basename } from 'node:path';
import { decimate } from '../../core/metrics/decimate';
import type { RunSeries } from '../../core/metrics/run-series';
import { smooth } from '../../core/metrics/smooth';
import type { ArmDetails } from '../../core/panels/sweep-arm';
import { FOLLOWED } from '../../core/panels/sweep-page';
import { type MetricName, type MetricsLine, toJsonNumber } from '../../core/runs/format';
import { exists } from '../files/paths';
import { RunLines } from '../runs/run-lines';
import { RunPoller } from '../runs/run-poller';
import { readRun } from '../runs/run-store';
import { CurvesFeed } from './curves-feed';
import type { Send } from './feed';

/** What a sweep compares arms by, and their sparklines. Raw rewards are not among it. */
const COMPARED: readonly MetricName[] = [
  'loss',
  'accuracy',
  'log_ratio_margin',
  'eos_drift',
  'kl',
  'generated_length',
  'ended',
  'reference_generated_length',
  'reference_ended',
  'win_rate',
];

/** Columns of a sparkline: each keeps its first, last, lowest and highest value. */
const SPARK_COLUMNS = 15;
const SMOOTHING = 0.8;

/** Follows one arm of a sweep. Where nothing has changed, it reads no more than a file's date. */
export class ArmReader {
  readonly #look: RunPoller;
  readonly #lines: RunLines;
  readonly #curves: CurvesFeed;
  #known: ArmDetails | undefined;

  constructor(
    private readonly folder: string,
    private readonly isOther: boolean,
    send: Send,
  ) {
    this.#look = new RunPoller(folder, basename(folder));
    this.#lines = new RunLines(folder);
    this.#curves = new CurvesFeed(folder, send, COMPARED, FOLLOWED);
  }

  /** Undefined where its folder is not there any more. */
  async next(): Promise<ArmDetails | undefined> {
    if (!(await exists(this.folder))) return undefined;
    const changed = await this.#look.next();
    if (changed === undefined && this.#known) return this.#known;
    const stored = await readRun(this.folder, basename(this.folder));
    await Promise.all([this.#lines.next(), this.#curves.refresh()]);
    const { series } = this.#curves;
    this.#known = {
      ...stored,
      train: newest(series, 'train'),
      eval: this.#curves.hasJudgeFailed ? withoutWinRate(newest(series, 'eval')) : newest(series, 'eval'),
      alarms: [...this.#lines.alarms],
      margins: sparkline(series),
      outcomes: this.#lines.outcomes,
      isOther: this.isOther,
    };
    return this.#known;
  }
}

function newest(series: RunSeries, split: MetricsLine['split']): MetricsLine['values'] {
  const values = series[split].names.flatMap((name) => {
    const value = series[split].curve(name)?.values.at(-1);
    return value === undefined ? [] : [[name, toJsonNumber(value)]];
  });
  return Object.fromEntries(values) as MetricsLine['values'];
}

function withoutWinRate({ win_rate: _, ...rest }: MetricsLine['values']): MetricsLine['values'] {
  return rest;
}

function sparkline(series: RunSeries): number[] {
  const curve = series.train.curve('log_ratio_margin');
  if (!curve) return [];
  const [from = 0, to = 0] = [curve.steps[0], curve.steps.at(-1)];
  // Single steps are too noisy for a line this small.
  const values = smooth(curve.values, SMOOTHING);
  return [...decimate({ steps: curve.steps, values }, { from, to, width: SPARK_COLUMNS }).values];
}
