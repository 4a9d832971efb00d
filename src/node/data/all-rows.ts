import type { JsonObject } from '../files/json';
import { FileError, fileError, regularFileSize } from '../files/text-files';
import { arrowBatches } from './arrow';
import { dataBytes, isJsonFile, requireTextRows } from './data-bytes';
import { openParquet } from './parquet';
import { parseRow } from './row';
import { countLineBreaks, JsonSplitter, LineSplitter } from './row-splitters';

/** A row of a data file, and where it stands, in words that begin a sentence. */
export interface PlacedRow {
  readonly row: JsonObject;
  place(): string;
}

/**
 * All rows of a data file, one after the other. Of a text file no more than a row and
 * a piece of the file are held at once; of a parquet file, a row group; of an Arrow file, a batch.
 *
 * @param name the file as messages name it
 * @param wanted columns to read, where the format allows to read some alone
 * @param onRead told how many bytes of the file are done
 * @throws FileError where the file cannot be read, or names the row that is no JSON object
 */
export async function* streamRows(
  path: string,
  name: string,
  wanted: readonly string[],
  onRead: (bytes: number) => void,
): AsyncGenerator<PlacedRow> {
  try {
    const size = await regularFileSize(path);
    if (/\.parquet$/i.test(path)) yield* parquetRows(path, name, wanted, (share) => onRead(share * size));
    else if (/\.(arrow|feather)$/i.test(path)) {
      yield* arrowRows(path, name, wanted, (share) => onRead(share * size));
    } else yield* textRows(path, name, onRead);
  } catch (error) {
    throw fileError(error, name);
  }
}

async function* textRows(
  path: string,
  name: string,
  onRead: (bytes: number) => void,
): AsyncGenerator<PlacedRow> {
  requireTextRows(path, name);
  const splitter = isJsonFile(path) ? new JsonSplitter(name) : new LineSplitter(name);
  const decoder = new StrictDecoder(name);
  for await (const bytes of dataBytes(path, name, onRead)) {
    for (const text of splitter.push(decoder.decode(bytes))) {
      yield { row: parseRow(text), place: text.place };
    }
  }
  for (const text of [...splitter.push(decoder.end()), ...splitter.end()]) {
    yield { row: parseRow(text), place: text.place };
  }
}

/** Bytes that are not UTF-8 would be trained on as question marks, so they are refused. */
class StrictDecoder {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #name: string;
  #lines = 1;

  constructor(name: string) {
    this.#name = name;
  }

  decode(bytes: Uint8Array): string {
    try {
      const text = this.#decoder.decode(bytes, { stream: true });
      this.#lines += countLineBreaks(text);
      return text;
    } catch {
      const text = new TextDecoder().decode(bytes);
      throw this.#refusal(countLineBreaks(text.slice(0, text.indexOf('\u{FFFD}'))));
    }
  }

  end(): string {
    try {
      return this.#decoder.decode();
    } catch {
      throw this.#refusal(0);
    }
  }

  #refusal(linesBefore: number): FileError {
    return new FileError(
      `Line ${this.#lines + linesBefore} of ${this.#name} is not UTF-8. Convert the file to UTF-8.`,
    );
  }
}

/** What is decoded of a row group takes several times its size in memory. */
const LARGEST_ROW_GROUP = 1024 * 1024 * 1024;

async function* parquetRows(
  path: string,
  name: string,
  wanted: readonly string[],
  onRead: (share: number) => void,
): AsyncGenerator<PlacedRow> {
  const parquet = await openParquet(path, name, wanted);
  if (parquet.present.length === 0) throw noColumns(name, parquet.columns);
  let start = 0;
  for (const group of parquet.groups) {
    if (group.bytes > LARGEST_ROW_GROUP) {
      throw new FileError(
        `${name} has a row group of ${Math.round(group.bytes / 1024 / 1024)} MB; up to 1,024 MB are read. Write it with row groups of 1,000 rows.`,
      );
    }
    const rows = await parquet.read(start, start + group.rows);
    for (const [index, row] of rows.entries()) {
      const number = start + index + 1;
      yield { row, place: () => `Row ${number} of ${name}` };
    }
    start += group.rows;
    onRead(start / Math.max(1, parquet.total));
  }
}

async function* arrowRows(
  path: string,
  name: string,
  wanted: readonly string[],
  onRead: (share: number) => void,
): AsyncGenerator<PlacedRow> {
  let number = 0;
  for await (const { columns, rows, done } of arrowBatches(path, name, wanted)) {
    if (!columns.some((column) => wanted.includes(column))) throw noColumns(name, columns);
    for (const row of rows) {
      const at = ++number;
      yield { row, place: () => `Row ${at} of ${name}` };
    }
    onRead(done);
  }
}

function noColumns(name: string, columns: readonly string[]): FileError {
  return new FileError(
    `${name} has no column that a pair is read from, only ${columns.join(', ')}. Name its columns under data.columns.`,
  );
}
