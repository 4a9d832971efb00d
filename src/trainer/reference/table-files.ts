import { closeSync, fsyncSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AskedReference, remember } from '../../core/reference/reference-asked';
import {
  REFERENCE_FILES,
  REFERENCE_FORMAT,
  type ReferenceMeta,
  type ReferenceRow,
} from '../../core/reference/reference-format';
import { replaceJson } from '../../node/files/atomic-file';
import { isObject } from '../../node/files/json';
import { openOwn } from '../../node/files/own-files';
import { codeOf, fileError } from '../../node/files/text-files';
import { isDiskFull, writeError } from '../../node/files/write-error';

/** As the account's umask has it: a table holds no text, and may serve several accounts. */
const SHARED_FILE = 0o666;

/** The folder of a reference table on disk. */
export class TableFiles {
  constructor(readonly folder: string) {}

  get lock(): string {
    return join(this.folder, REFERENCE_FILES.lock);
  }

  async create(): Promise<void> {
    await mkdir(this.folder, { recursive: true }).catch((error: unknown) => {
      throw writeError(error, this.folder);
    });
  }

  /** Rows by pair. */
  async rows(): Promise<Map<string, ReferenceRow>> {
    const text = (await readOptional(join(this.folder, REFERENCE_FILES.table))) ?? '';
    const rows = text.split('\n').flatMap((line) => parseRow(line) ?? []);
    return new Map(rows.map((row) => [row.pair, row]));
  }

  /** Rows by pair of a table that is finished; undefined for one that is not. */
  async completeRows(): Promise<Map<string, ReferenceRow> | undefined> {
    const meta = await this.meta();
    if (!meta?.complete || meta.format !== REFERENCE_FORMAT) return undefined;
    const rows = await this.rows();
    return rows.size === meta.pairs ? rows : undefined;
  }

  writeMeta(meta: ReferenceMeta): void {
    const path = join(this.folder, REFERENCE_FILES.meta);
    try {
      replaceJson(path, meta, { durable: true, mode: SHARED_FILE });
    } catch (error) {
      throw writeError(error, path);
    }
  }

  /** So that a finished table is found again without opening models and data. A failure costs no more than that. */
  async rememberAsked(asked: AskedReference, at: number): Promise<void> {
    const meta = await this.meta().catch(() => undefined);
    if (!meta?.complete) return;
    try {
      const next = { ...meta, asked: remember(meta.asked, asked, at) };
      replaceJson(join(this.folder, REFERENCE_FILES.meta), next, {
        durable: false,
        mode: SHARED_FILE,
      });
    } catch {
      // Another user's folder, or a full disk.
    }
  }

  openTable(): Promise<TableWriter> {
    return TableWriter.open(join(this.folder, REFERENCE_FILES.table));
  }

  private async meta(): Promise<ReferenceMeta | undefined> {
    const text = await readOptional(join(this.folder, REFERENCE_FILES.meta));
    const value = text === undefined ? undefined : parseJson(text);
    return isObject(value) ? (value as unknown as ReferenceMeta) : undefined;
  }
}

/** Appends rows. Each call is one write of whole lines, so that the lines of two writers do not mix. */
export class TableWriter {
  private constructor(
    private readonly path: string,
    private readonly file: number,
    private start: string,
  ) {}

  static async open(path: string): Promise<TableWriter> {
    const before = (await readOptional(path)) ?? '';
    try {
      const file = openOwn(path, 'append', SHARED_FILE);
      // What a killed program left of a line is ended, and is then a line that holds no row.
      return new TableWriter(path, file, before === '' || before.endsWith('\n') ? '' : '\n');
    } catch (error) {
      throw writeError(error, path);
    }
  }

  async append(rows: readonly ReferenceRow[]): Promise<void> {
    const text = this.start + rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    try {
      writeFileSync(this.file, text);
    } catch (error) {
      throw writeError(error, this.path);
    }
    this.start = '';
  }

  /** To the disk, so that nothing says that the table is complete before it is. */
  async close(): Promise<void> {
    try {
      fsyncSync(this.file);
    } catch (error) {
      // Some file systems cannot be asked for that.
      if (isDiskFull(error) || codeOf(error) === 'EIO') throw writeError(error, this.path);
    } finally {
      closeSync(this.file);
    }
  }
}

const NUMBERS = [
  'chosen',
  'rejected',
  'chosenTokens',
  'rejectedTokens',
  'chosenEos',
  'rejectedEos',
] as const satisfies readonly (keyof ReferenceRow)[];

function parseRow(line: string): ReferenceRow | undefined {
  const row = line === '' ? undefined : parseJson(line);
  const isRow =
    isObject(row) && typeof row.pair === 'string' && NUMBERS.every((name) => Number.isFinite(row[name]));
  return isRow ? (row as unknown as ReferenceRow) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError(error, path);
  }
}
