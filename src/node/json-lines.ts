import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes read at a time. */
const CHUNK = 1024 * 1024;
/** A longer line is no line of ours, and is not kept in memory. */
const LONGEST_LINE = 32 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Appends lines to a file of JSON lines. Each is one write, so that a reader sees it whole or not at all. */
export class JsonLinesWriter {
  readonly #file: number;
  #begun: boolean;

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
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
  #offset = 0;
  #inode: bigint | undefined;
  #rest: Buffer[] = [];
  #restLength = 0;
  #foreign = 0;

  constructor(private readonly path: string) {}

  /** Lines that are not JSON, so far. They are passed over. */
  get foreign(): number {
    return this.#foreign;
  }

  /** Bytes of a last line that is not complete, or never will be. */
  get torn(): number {
    return this.#restLength;
  }

  /** Complete lines since the last call, at most about a megabyte of them. A missing file has none yet. */
  async read(): Promise<NewLines> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch {
      return { values: [], restarted: false, more: false };
    }
    try {
      const { size, ino } = await file.stat({ bigint: true });
      const restarted = this.#inode !== undefined && (ino !== this.#inode || size < BigInt(this.#offset));
      if (restarted) this.#restart();
      this.#inode = ino;
      const buffer = Buffer.alloc(Math.min(CHUNK, Number(size) - this.#offset));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
      this.#offset += bytesRead;
      const values = this.#take(buffer.subarray(0, bytesRead));
      return { values, restarted, more: bytesRead > 0 && Number(size) > this.#offset };
    } finally {
      await file.close();
    }
  }

  #restart(): void {
    this.#offset = 0;
    this.#rest = [];
    this.#restLength = 0;
    this.#foreign = 0;
  }

  #take(bytes: Buffer): unknown[] {
    const values: unknown[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      const line = Buffer.concat([...this.#rest, bytes.subarray(start, end)]);
      const tooLong = this.#restLength > LONGEST_LINE;
      this.#rest = [];
      this.#restLength = 0;
      start = end + 1;
      const value = tooLong ? FOREIGN : parse(line);
      if (value === FOREIGN) this.#foreign++;
      else if (value !== BLANK) values.push(value);
    }
    const rest = bytes.subarray(start);
    this.#restLength += rest.length;
    if (this.#restLength > LONGEST_LINE) this.#rest = [];
    else if (rest.length > 0) this.#rest.push(rest);
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
