import { join } from 'node:path';
import type { JudgedTexts } from '../../core/judge/judged-texts';
import { type EventLine, type MetricsLine, RUN_FILES, toJsonNumber } from '../../core/runs/format';
import { isEventLine, isFields, isTrainerLine, metricsLine } from '../../core/runs/read-files';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { JsonLinesReader } from '../../node/files/json-lines';
import { JudgementsReader } from '../../node/runs/judgements';
import { readRun } from '../../node/runs/run-store';

/** What a run has told since the last look. */
export interface News {
  readonly run: RunRecord;
  readonly metrics: readonly MetricsLine[];
  readonly events: readonly EventLine[];
  readonly warnings: readonly { readonly time: number; readonly message: string }[];
  /** Evaluations whose texts are all judged since the last look. */
  readonly judged: readonly (JudgedTexts & { readonly step: number })[];
}

/** Follows the files of one run. */
export class RunFeed {
  readonly #metrics: Lines;
  readonly #events: Lines;
  readonly #trainer: Lines;
  readonly #judge: JudgeFeed;
  /** The newest values of each split. */
  readonly newest: { train: MetricsLine['values']; eval: MetricsLine['values'] } = { train: {}, eval: {} };

  constructor(
    readonly folder: string,
    readonly id: string,
  ) {
    this.#metrics = new Lines(folder, RUN_FILES.metrics);
    this.#events = new Lines(folder, RUN_FILES.events);
    this.#trainer = new Lines(folder, RUN_FILES.trainer);
    this.#judge = new JudgeFeed(folder);
  }

  async next(): Promise<News> {
    // Read first: what a run wrote before it ended is then read in the same look.
    const run = await readRun(this.folder, this.id);
    const metrics = (await this.#metrics.next()).flatMap((value) => metricsLine(value) ?? []);
    for (const { split, values } of metrics) this.newest[split] = { ...this.newest[split], ...values };
    const events = (await this.#events.next()).filter(isEventLine);
    const warnings = (await this.#trainer.next())
      .filter(isTrainerLine)
      .flatMap((line): News['warnings'] => (line.kind === 'warning' ? [line] : []));
    const { judged, failure } = await this.#judge.next();
    for (const { winRate } of judged)
      this.newest.eval = { ...this.newest.eval, win_rate: toJsonNumber(winRate) };
    if (failure !== undefined) {
      const { win_rate: _, ...rest } = this.newest.eval;
      this.newest.eval = rest;
      warnings.push({ time: Date.now(), message: failure });
    }
    return { run, metrics, events, warnings, judged };
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

/** What the judge of a run has said since the last look. */
class JudgeFeed {
  readonly #judgements: JudgementsReader;
  readonly #told = new Set<number>();
  #failure: string | undefined;

  constructor(folder: string) {
    this.#judgements = JudgementsReader.ofRun(folder);
  }

  async next(): Promise<Pick<News, 'judged'> & { readonly failure?: string }> {
    const steps = new Set((await this.#judgements.next()).map(({ step }) => step));
    const judged = [...steps].flatMap((step) => {
      const texts = this.#judgements.byStep.judgedAt(step);
      if (!texts || this.#told.has(step)) return [];
      this.#told.add(step);
      return [{ step, ...texts }];
    });
    const { failure } = this.#judgements;
    const isNew = failure !== undefined && failure !== this.#failure;
    this.#failure = failure;
    return isNew ? { judged, failure } : { judged };
  }
}
