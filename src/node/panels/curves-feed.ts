import type { RunSeries } from '../../core/metrics/run-series';
import type { CurvePart } from '../../core/panels/protocol';
import type { MetricName, MetricsLine } from '../../core/runs/format';
import { MetricsReader } from '../runs/metrics-reader';
import type { Send } from './feed';

const SPLITS = ['train', 'eval'] as const;

/** How much of a curve was sent. */
interface Sent {
  readonly split: MetricsLine['split'];
  readonly name: string;
  readonly length: number;
  readonly lastStep: number;
  readonly lastValue: number;
}

/** Sends the points of a run's curves, each once. */
export class CurvesFeed {
  readonly #reader: MetricsReader;
  #sent = new Map<string, Sent>();
  #hasBegun = false;

  /** @param chosen metrics to send; absent: all, also those that a trainer has of its own */
  constructor(
    private readonly folder: string,
    private readonly send: Send,
    chosen?: readonly MetricName[],
  ) {
    this.#reader = new MetricsReader(folder, chosen);
  }

  /** Why points may be missing, in a sentence. */
  get problem(): string | undefined {
    return this.#reader.problem;
  }

  get series(): RunSeries {
    return this.#reader.series;
  }

  async refresh(): Promise<void> {
    await this.#reader.next();
    // A run that went on from an earlier step has other points where some were sent.
    const restart = !this.#hasBegun || this.#isSuperseded();
    if (restart) this.#sent = new Map();
    const parts = SPLITS.flatMap((split) => this.#newParts(split));
    if (!restart && parts.length === 0) return;
    this.#hasBegun = true;
    this.send({ kind: 'curves', run: this.folder, restart, parts });
  }

  #isSuperseded(): boolean {
    return [...this.#sent.values()].some(({ split, name, length, lastStep, lastValue }) => {
      const curve = this.series[split].curve(name);
      const value = curve?.values[length - 1];
      return curve?.steps[length - 1] !== lastStep || !Object.is(value, lastValue);
    });
  }

  #newParts(split: MetricsLine['split']): CurvePart[] {
    const series = this.series[split];
    return series.names.flatMap((name) => {
      const curve = series.curve(name);
      const key = `${split} ${name}`;
      const from = this.#sent.get(key)?.length ?? 0;
      if (!curve || curve.steps.length === from) return [];
      this.#sent.set(key, {
        split,
        name,
        length: curve.steps.length,
        lastStep: curve.steps.at(-1) ?? 0,
        lastValue: curve.values.at(-1) ?? Number.NaN,
      });
      // Copies: the series goes on growing while the message is on its way.
      return [{ split, name, steps: curve.steps.slice(from), values: curve.values.slice(from) }];
    });
  }
}
