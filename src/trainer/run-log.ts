import { closeSync, existsSync, fsyncSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type MetricName,
  type MetricsLine,
  RUN_FILES,
  type TrainerLine,
  toJsonNumber,
} from '../core/runs/format';
import { isObject } from '../node/files/json';
import { JsonLinesWriter } from '../node/files/json-lines';
import { openOwn } from '../node/files/own-files';
import { isDiskFull } from '../node/files/write-error';
import { TrainingError } from './training-error';

/** Lines that a resumed run would repeat. They are kept, because nothing that was measured is thrown away. */
const SUPERSEDED = 'superseded.jsonl';
const LINE_FEED = 0x0a;

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

  /** To the disk, so that no checkpoint outlives the lines about its step. */
  sync(): void {
    this.#metrics.sync();
    this.#trainer.sync();
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
    `The disk is full: ${path} could not be written. Free space there and resume the run; it continues from its last checkpoint.`,
  );
}

/** Takes lines about steps after `step`, and a last line that was not finished, out of a file. */
function supersede(folder: string, name: string, step: number): void {
  const path = join(folder, name);
  if (!existsSync(path)) return; // A new run has none yet.
  const bytes = readFileSync(path);
  const superseded: Uint8Array[] = [];
  const kept: Uint8Array[] = [];
  // From the end, because steps only grow: all that lies before one that stays, stays. Metrics can be too long for a text.
  let end = bytes.lastIndexOf(LINE_FEED) + 1;
  if (end < bytes.length) superseded.push(Buffer.concat([bytes.subarray(end), Buffer.of(LINE_FEED)]));
  while (end > 0) {
    const start = end === 1 ? 0 : bytes.lastIndexOf(LINE_FEED, end - 2) + 1;
    const line = bytes.subarray(start, end);
    const at = stepOf(line.toString());
    if (at >= 0 && at <= step) break;
    (at > step ? superseded : kept).push(line);
    end = start;
  }
  if (superseded.length === 0) return;
  writeOwn(join(folder, SUPERSEDED), 'append', superseded.reverse());
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  writeOwn(temporary, 'create', [bytes.subarray(0, end), ...kept.reverse()]);
  renameSync(temporary, path);
}

/** On the disk when it returns: lines must not be lost on their way from one file to the other. */
function writeOwn(path: string, access: 'append' | 'create', parts: readonly Uint8Array[]): void {
  const file = openOwn(path, access);
  try {
    for (const part of parts) writeFileSync(file, part);
    fsyncSync(file);
  } catch (error) {
    throw diskError(error, path);
  } finally {
    closeSync(file);
  }
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
