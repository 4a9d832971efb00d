import { type FileHandle, open } from 'node:fs/promises';
import { fileError, isMissing, regularFileSize } from './text-files';

/** Bytes read at a time, unless it is said otherwise. */
const CHUNK = 1024 * 1024;
/** A longer line is no line of ours, and is not kept in memory. */
const LONGEST_LINE = 32 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** What a look at a growing file brought. */
export interface NewBytes {
  /** Whole lines, each with its line feed. They hold until the next look. */
  readonly lines: Buffer;
  /** The file was replaced or became shorter: everything read before is void, and `lines` begin at its start. */
  readonly restarted: boolean;
  /** Bytes that are there already and were not read yet. */
  readonly left: number;
}

/** Follows a file of lines as it grows, each line once. */
export class GrowingFile {
  #offset = 0;
  #inode: bigint | undefined;
  /** Of a line that is not complete. */
  #rest = Buffer.alloc(0);
  /** Bytes of a line that is too long to be kept. */
  #passedOver = 0;
  #tooLong = 0;
  #buffer: Buffer | undefined;

  constructor(
    readonly path: string,
    private readonly chunk = CHUNK,
  ) {}

  /** Bytes of a last line that is not complete, or never will be. */
  get torn(): number {
    return this.#rest.length + this.#passedOver;
  }

  /** Lines that were too long to be read. They are passed over. */
  get tooLong(): number {
    return this.#tooLong;
  }

  /**
   * Lines that were completed since the last call, a chunk of them at most. A missing file has none yet.
   *
   * @throws FileError where a file that exists cannot be opened, Error of the system where it cannot be read
   */
  async read(): Promise<NewBytes> {
    let file: FileHandle;
    try {
      // Opening a pipe may never end.
      await regularFileSize(this.path);
      file = await open(this.path, 'r');
    } catch (error) {
      if (!isMissing(error)) throw fileError(error, this.path);
      return { lines: Buffer.alloc(0), restarted: false, left: 0 };
    }
    try {
      const { size, ino } = await file.stat({ bigint: true });
      const restarted = this.#inode !== undefined && (ino !== this.#inode || size < BigInt(this.#offset));
      if (restarted) this.#restart();
      this.#inode = ino;
      const kept = this.#rest.length;
      const wanted = Math.min(this.chunk, Number(size) - this.#offset);
      const buffer = this.#room(kept + wanted);
      this.#rest.copy(buffer);
      const { bytesRead } = await file.read(buffer, kept, wanted, this.#offset);
      this.#offset += bytesRead;
      const left = bytesRead > 0 ? Number(size) - this.#offset : 0;
      if (left === 0) this.#buffer = undefined;
      return { lines: this.#complete(buffer.subarray(0, kept + bytesRead)), restarted, left };
    } catch (error) {
      throw fileError(error, this.path);
    } finally {
      await file.close();
    }
  }

  /** A buffer serves until the end is reached: a long file does not leave one for each chunk. */
  #room(bytes: number): Buffer {
    if (this.#buffer === undefined || this.#buffer.length < bytes)
      this.#buffer = Buffer.allocUnsafeSlow(bytes);
    return this.#buffer;
  }

  #restart(): void {
    this.#offset = 0;
    this.#rest = Buffer.alloc(0);
    this.#passedOver = 0;
    this.#tooLong = 0;
  }

  #complete(bytes: Buffer): Buffer {
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    let lines = bytes.subarray(0, end);
    if (end > 0 && this.#passedOver > 0) {
      this.#passedOver = 0;
      this.#tooLong++;
      lines = lines.subarray(lines.indexOf(LINE_FEED) + 1);
    }
    const rest = bytes.subarray(end);
    if (this.#passedOver > 0 || rest.length > LONGEST_LINE) {
      this.#passedOver += rest.length;
      this.#rest = Buffer.alloc(0);
    } else {
      // A copy: the buffer is used again.
      this.#rest = Buffer.from(rest);
    }
    return lines;
  }
}
