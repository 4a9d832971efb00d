import { join } from 'node:path';
import { isStep, Row } from '../../core/metrics/row';
import { RunSeries } from '../../core/metrics/run-series';
import { LineScanner } from '../../core/metrics/scan-line';
import { fromJsonNumber, type MetricName, RUN_FILES } from '../../core/runs/format';
import { metricsLine } from '../../core/runs/read-files';
import { GrowingFile } from '../files/growing-file';
import { fileError } from '../files/text-files';
import { JudgementsReader } from './judgements';

const LINE_FEED = 0x0a;
/** Bytes read at a time: some milliseconds of work. */
const CHUNK = 4 * 1024 * 1024;

/** Follows the metrics of a run into series. */
export class MetricsReader {
  /** All that was read. It is emptied and filled again where a resumed run replaced its file. */
  readonly series = new RunSeries();
  readonly #file: GrowingFile;
  readonly #scanner: LineScanner;
  readonly #chosen: ReadonlySet<string> | undefined;
  readonly #row = new Row();
  #foreign = 0;
  #problem: string | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  readonly #judgements: JudgementsReader;
  #judged = '';

  /**
   * @param folder of the run
   * @param chosen metrics to keep: each takes 4 bytes a step; absent: all, also those that a trainer has of its own
   */
  constructor(folder: string, chosen?: readonly MetricName[]) {
    this.#file = new GrowingFile(join(folder, RUN_FILES.metrics), CHUNK);
    this.#judgements = JudgementsReader.ofRun(folder);
    this.#chosen = chosen && new Set(chosen);
    this.#scanner = new LineScanner(this.series.metrics, this.#chosen);
  }

  /** Whether the judge failed since its last win rate, which is an earlier policy's then. */
  get hasJudgeFailed(): boolean {
    return this.#judgements.failure !== undefined;
  }

  /** Lines that are not of the format. They are passed over. */
  get foreign(): number {
    return this.#foreign + this.#file.tooLong;
  }

  /** Bytes of a last line that is not complete, or never will be. */
  get torn(): number {
    return this.#file.torn;
  }

  /** Why nothing new could be read, in a sentence. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Reads all that is new. Never fails: `problem` tells why there may be more. */
  next(): Promise<void> {
    const next = this.#reading.then(() => this.#readAll());
    this.#reading = next;
    return next;
  }

  async #readAll(): Promise<void> {
    try {
      for (let left = 1; left > 0; ) {
        const read = await this.#file.read();
        left = read.left;
        if (read.restarted) this.#restart();
        const isFirst = this.series.isEmpty;
        this.#take(read.lines);
        // The rest is like the beginning.
        if (isFirst && left > 0) this.series.reserve(1.02 * (1 + left / Math.max(1, read.lines.length)));
      }
      this.#problem = undefined;
      await this.#readJudgements();
    } catch (error) {
      const { message } = fileError(error, this.#file.path);
      this.#problem = `${message} What was read before is shown; it is tried again.`;
    }
  }

  /** Win rates come from what the judge says, whenever it says it. Runs of format 1 have them among their metrics. */
  async #readJudgements(): Promise<void> {
    if (this.#chosen && !this.#chosen.has('win_rate')) return;
    await this.#judgements.next();
    const state = `${this.#judgements.version} ${this.series.eval.length}`;
    if (state === this.#judged || this.#judgements.version === 0) return;
    this.#judged = state;
    this.series.eval.replace('win_rate', this.#judgements.winRates());
  }

  #restart(): void {
    this.#judged = '';
    this.series.clear();
    this.#foreign = 0;
  }

  #take(lines: Buffer): void {
    this.#scanner.open(lines);
    for (let at = 0; at < lines.length; ) {
      const next = this.#scanner.scan(at, this.#row);
      if (next >= 0) {
        this.series.append(this.#row);
        at = next;
        continue;
      }
      const end = lines.indexOf(LINE_FEED, at);
      this.#parse(lines.toString('utf8', at, end));
      at = end + 1;
    }
    this.#scanner.close();
  }

  /** A line that is written in an unusual way, or none. */
  #parse(text: string): void {
    if (text.trim() === '') return;
    const line = metricsLine(parsed(text));
    if (!line || !isStep(line.step)) {
      this.#foreign++;
      return;
    }
    const row = this.#row;
    row.step = line.step;
    row.split = line.split;
    row.count = 0;
    for (const [name, value] of Object.entries(line.values)) {
      const metric = this.#chosen?.has(name) === false ? undefined : this.series.metrics.take(name);
      if (metric !== undefined) row.add(metric, fromJsonNumber(value));
    }
    this.series.append(row);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
