import { join } from 'node:path';
import { type EventLine, type MetricsLine, RUN_FILES, type TrainerLine } from '../../core/runs/format';
import { isEventLine, isFields, isTrainerLine, metricsLine } from '../../core/runs/read-files';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { JsonLinesReader } from '../../node/files/json-lines';
import { readRun } from '../../node/runs/run-store';

/** What a run has told since the last look. */
export interface News {
  readonly run: RunRecord;
  readonly metrics: readonly MetricsLine[];
  readonly events: readonly EventLine[];
  readonly warnings: readonly Extract<TrainerLine, { kind: 'warning' }>[];
}

/** Follows the files of one run. */
export class RunFeed {
  readonly #metrics: Lines;
  readonly #events: Lines;
  readonly #trainer: Lines;
  /** The newest values of each split. */
  readonly newest: { train: MetricsLine['values']; eval: MetricsLine['values'] } = { train: {}, eval: {} };

  constructor(
    readonly folder: string,
    readonly id: string,
  ) {
    this.#metrics = new Lines(folder, RUN_FILES.metrics);
    this.#events = new Lines(folder, RUN_FILES.events);
    this.#trainer = new Lines(folder, RUN_FILES.trainer);
  }

  async next(): Promise<News> {
    // Read first: what a run wrote before it ended is then read in the same look.
    const run = await readRun(this.folder, this.id);
    const metrics = (await this.#metrics.next()).flatMap((value) => metricsLine(value) ?? []);
    for (const { split, values } of metrics) this.newest[split] = { ...this.newest[split], ...values };
    const events = (await this.#events.next()).filter(isEventLine);
    const warnings = (await this.#trainer.next())
      .filter(isTrainerLine)
      .flatMap((line) => (line.kind === 'warning' ? [line] : []));
    return { run, metrics, events, warnings };
  }
}

/**
 * Follows one file. A resumed trainer makes its files anew, without the steps that it repeats: lines that were read
 * before are no news then.
 */
class Lines {
  readonly #reader: JsonLinesReader;
  #newest = Number.NEGATIVE_INFINITY;
  #known = Number.NEGATIVE_INFINITY;

  constructor(folder: string, name: string) {
    this.#reader = new JsonLinesReader(join(folder, name));
  }

  async next(): Promise<unknown[]> {
    const news: unknown[] = [];
    for await (const { values, restarted } of this.#reader.readAll()) {
      if (restarted) this.#known = this.#newest;
      for (const value of values) {
        const time = isFields(value) && typeof value.time === 'number' ? value.time : Number.NaN;
        if (time <= this.#known) continue;
        if (time > this.#newest) this.#newest = time;
        news.push(value);
      }
    }
    return news;
  }
}
