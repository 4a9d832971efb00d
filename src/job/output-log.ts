import { closeSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import { openOwn } from '../node/files/own-files';
import { messageOf } from '../node/files/text-files';
import { readEnd } from '../node/runs/run-store';
import { sizeOf } from './disk';
import { lastLines } from './outcome';

/** Bytes of the beginning that are kept, and of the end, of a log that has become longer than the limit. */
const LIMIT = 16 * 1024 * 1024;
const BEGINNING = 1024 * 1024;
const END = 7 * 1024 * 1024;
const CHUNK = 1024 * 1024;

const GAP = `\n[dpo-lab has taken out output here: this file is kept below ${LIMIT / 1024 / 1024} MB]\n`;

/** What a trainer prints. It writes to the file itself, so that it need not wait for its job nor outlive a pipe. */
export class OutputLog {
  readonly path: string;
  /** Bytes of the output of attempts before. */
  #start: number;
  #size: number;

  constructor(runFolder: string) {
    this.path = join(runFolder, RUN_FILES.log);
    this.#start = sizeOf(this.path);
    this.#size = this.#start;
  }

  /** The last lines of this attempt. */
  async lastWords(): Promise<string[]> {
    return lastLines(await readEnd(this.path, 4096, this.#start).catch(messageOf));
  }

  /** Whether something was printed since the look before. Keeps the log short. */
  look(): boolean {
    const size = sizeOf(this.path);
    const isNew = size !== this.#size;
    this.#size = size > LIMIT ? this.#shorten() : size;
    return isNew;
  }

  /**
   * Takes the middle out of a log that has become too long. What the trainer appends meanwhile stays at the end: its file
   * is open for appending, wherever the end is. Where the file system refuses, the log stays as it is.
   */
  #shorten(): number {
    this.#start = Math.min(this.#start, BEGINNING);
    try {
      const file = openOwn(this.path, 'change');
      try {
        shorten(file, this.path);
      } finally {
        closeSync(file);
      }
    } catch {
      // A long log is no reason to end a run.
    }
    return sizeOf(this.path);
  }
}

/** The end is copied over the middle before anything is cut off, so that a job that dies here leaves nothing out. */
function shorten(file: number, path: string): void {
  let to = BEGINNING + writeSync(file, GAP, BEGINNING);
  const buffer = Buffer.allocUnsafe(CHUNK);
  // A trainer that writes faster than this copies must not keep it busy: at most what is there now is copied.
  for (let from = sizeOf(path) - END, last = from + END + CHUNK; from < last; ) {
    const read = readSync(file, buffer, 0, CHUNK, from);
    if (read === 0) break;
    writeSync(file, buffer, 0, read, to);
    from += read;
    to += read;
  }
  ftruncateSync(file, to);
}
