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
  #known = new Map<string, Sent>();
  #hasBegun = false;

  /**
   * @param read metrics to read; absent: all, also those that a trainer has of its own
   * @param sent of these, those to send; absent: all
   */
  constructor(
    private readonly folder: string,
    private readonly send: Send,
    read?: readonly MetricName[],
    private readonly sent?: readonly string[],
  ) {
    this.#reader = new MetricsReader(folder, read);
  }

  /** Why points may be missing, in a sentence. */
  get problem(): string | undefined {
    return this.#reader.problem;
  }

  /** Whether the judge of an evaluation failed, so that its win rate says nothing. */
  get hasJudgeFailed(): boolean {
    return this.#reader.hasJudgeFailed;
  }

  get series(): RunSeries {
    return this.#reader.series;
  }

  async refresh(): Promise<void> {
    await this.#reader.next();
    // A run that went on from an earlier step has other points where some were sent.
    const restart = !this.#hasBegun || this.#isSuperseded();
    if (restart) this.#known = new Map();
    const parts = SPLITS.flatMap((split) => this.#newParts(split));
    if (!restart && parts.length === 0) return;
    this.#hasBegun = true;
    this.send({ kind: 'curves', run: this.folder, restart, parts });
  }

  #isSuperseded(): boolean {
    return [...this.#known.values()].some(({ split, name, length, lastStep, lastValue }) => {
      const curve = this.series[split].curve(name);
      const value = curve?.values[length - 1];
      return curve?.steps[length - 1] !== lastStep || !Object.is(value, lastValue);
    });
  }

  #newParts(split: MetricsLine['split']): CurvePart[] {
    const series = this.series[split];
    const names = series.names.filter((name) => this.sent?.includes(name) ?? true);
    return names.flatMap((name) => {
      const curve = series.curve(name);
      const key = `${split} ${name}`;
      const from = this.#known.get(key)?.length ?? 0;
      if (!curve || curve.steps.length === from) return [];
      this.#known.set(key, {
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
