import { closeSync, fstatSync, fsyncSync, readSync, writeSync } from 'node:fs';
import { GrowingFile, type NewBytes } from './growing-file';
import { openOwn } from './own-files';
import { FileError } from './text-files';

const LINE_FEED = 0x0a;

/** Appends lines to a file of JSON lines. Each is one write, so that a reader sees it whole or not at all. */
export class JsonLinesWriter {
  readonly #file: number;
  #begun: boolean;

  constructor(path: string) {
    this.#file = openOwn(path, 'append');
    this.#begun = endsInLine(this.#file);
  }

  append(value: object): void {
    // A writer that died in a line left it open: what is appended must not become a part of it.
    const text = `${this.#begun ? '\n' : ''}${JSON.stringify(value)}\n`;
    const bytes = Buffer.from(text);
    const written = writeSync(this.#file, bytes);
    this.#begun = written !== bytes.length;
    if (this.#begun) throw Object.assign(new Error('The disk is full'), { code: 'ENOSPC' });
  }

  /** To the disk, as far as the system can be asked for that. */
  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function endsInLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED;
}

/** What a look at a file of JSON lines brought. */
export interface NewLines {
  readonly values: readonly unknown[];
  /** The file was replaced or became shorter: everything read before is void, and `values` begin at its start. */
  readonly restarted: boolean;
  /** More is there already. */
  readonly more: boolean;
}

/** Follows a file of JSON lines as it grows, each line once. */
export class JsonLinesReader {
  readonly #file: GrowingFile;
  #foreign = 0;

  constructor(path: string) {
    this.#file = new GrowingFile(path);
  }

  /** Lines that are not JSON, so far. They are passed over. */
  get foreign(): number {
    return this.#foreign + this.#file.tooLong;
  }

  /** Bytes of a last line that is not complete, or never will be. */
  get torn(): number {
    return this.#file.torn;
  }

  /** Complete lines since the last call, at most about a megabyte of them. A file that cannot be read has none yet. */
  async read(): Promise<NewLines> {
    let read: NewBytes;
    try {
      read = await this.#file.read();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return { values: [], restarted: false, more: false };
    }
    const { lines, restarted, left } = read;
    if (restarted) this.#foreign = 0;
    return { values: this.#parse(lines), restarted, more: left > 0 };
  }

  /** All that is there, about a megabyte at a time. Nothing new is one empty look. */
  async *readAll(): AsyncGenerator<NewLines> {
    for (let more = true; more; ) {
      const read = await this.read();
      more = read.more;
      yield read;
    }
  }

  #parse(lines: Buffer): unknown[] {
    const values: unknown[] = [];
    let start = 0;
    for (let end = lines.indexOf(LINE_FEED); end >= 0; end = lines.indexOf(LINE_FEED, start)) {
      const value = parse(lines.subarray(start, end));
      start = end + 1;
      if (value === FOREIGN) this.#foreign++;
      else if (value !== BLANK) values.push(value);
    }
    return values;
  }
}

const FOREIGN = Symbol('foreign');
const BLANK = Symbol('blank');

function parse(line: Buffer): unknown {
  const text = line.toString('utf8');
  if (text.trim() === '') return BLANK;
  try {
    return JSON.parse(text);
  } catch {
    return FOREIGN;
  }
}
