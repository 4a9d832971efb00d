import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type MetricName,
  type MetricsLine,
  RUN_FILES,
  type TrainerLine,
  toJsonNumber,
} from '../core/runs/format';
import { isObject } from '../node/json';
import { JsonLinesWriter } from '../node/json-lines';
import { isDiskFull } from '../node/write-error';
import { TrainingError } from './training-error';

/** Lines that a resumed run would repeat. They are kept, because nothing that was measured is thrown away. */
const SUPERSEDED = 'superseded.jsonl';

type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;

/** The two files that a trainer appends to. Each line is one write, so that a reader sees it whole or not at all. */
export class RunLog {
  readonly #metrics: JsonLinesWriter;
  readonly #trainer: JsonLinesWriter;

  private constructor(private readonly folder: string) {
    this.#metrics = new JsonLinesWriter(join(folder, RUN_FILES.metrics));
    this.#trainer = new JsonLinesWriter(join(folder, RUN_FILES.trainer));
  }

  /**
   * @param step the step that training goes on from, -1 for the very beginning; lines about later steps, of the attempt
   *   before, make way
   */
  static open(folder: string, step: number): RunLog {
    for (const name of [RUN_FILES.metrics, RUN_FILES.trainer]) supersede(folder, name, step);
    return new RunLog(folder);
  }

  metrics(split: MetricsLine['split'], step: number, values: Partial<Record<MetricName, number>>): void {
    const entries = Object.entries(values).map(([name, value]) => [name, toJsonNumber(value)]);
    this.#append(this.#metrics, { step, time: Date.now(), split, values: Object.fromEntries(entries) });
  }

  say(line: WithoutTime<TrainerLine>): void {
    this.#append(this.#trainer, { time: Date.now(), ...line });
  }

  close(): void {
    this.#metrics.close();
    this.#trainer.close();
  }

  #append(file: JsonLinesWriter, line: object): void {
    try {
      file.append(line);
    } catch (error) {
      throw diskError(error, this.folder);
    }
  }
}

/** A failed write, told to people where the disk is full; anything else as it is. */
export function diskError(error: unknown, path: string): unknown {
  if (!isDiskFull(error)) return error;
  return new TrainingError(
    `The disk is full: ${path} could not be written. Free space there and resume the run; it goes on from its last checkpoint.`,
  );
}

/** Takes lines about steps after `step`, and a last line that was not finished, out of a file. */
function supersede(folder: string, name: string, step: number): void {
  const path = join(folder, name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return; // A new run has none yet.
  }
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const isSuperseded = (line: string): boolean => stepOf(line) > step;
  const superseded = [...lines.filter(isSuperseded), ...(torn === '' ? [] : [torn])];
  if (superseded.length === 0) return;
  const kept = lines.filter((line) => !isSuperseded(line));
  appendFileSync(join(folder, SUPERSEDED), superseded.map((line) => `${line}\n`).join(''));
  const temporary = `${path}.tmp`;
  writeFileSync(temporary, kept.map((line) => `${line}\n`).join(''));
  renameSync(temporary, path);
}

/** -1 for lines that are about no step. An evaluation before training is at step 0. */
function stepOf(line: string): number {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && typeof value.step === 'number' ? value.step : -1;
  } catch {
    return -1;
  }
}
