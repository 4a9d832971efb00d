import { isObject, type JsonObject } from '../files/json';
import { decodeText, FileError, fileError } from '../files/text-files';
import { arrowBatches } from './arrow';
import { dataBytes, isJsonFile, requireTextRows } from './data-bytes';
import { openParquet } from './parquet';
import { parseJsonArray, parseJsonLines } from './row';

/** How much of a file may be looked at. */
interface Budget {
  readonly rows: number;
  /** Bytes of text, after decompression. */
  readonly bytes: number;
}

interface FileRows {
  readonly rows: readonly JsonObject[];
  /** In order of appearance. */
  readonly columns: readonly string[];
  /** All rows of the file, where known. */
  readonly total?: number;
  /** Bytes of text that were looked at. */
  readonly bytes: number;
}

/**
 * The first rows of a data file. Of a .json array only a beginning within the budget is parsed; of parquet the first row
 * group, of Arrow its first batches.
 *
 * @param wanted columns to read, where the format allows to read some alone
 * @param name the file as messages name it
 * @throws FileError where the file cannot be read, or holds something else
 */
export async function readRows(
  path: string,
  name: string,
  wanted: readonly string[],
  budget: Budget,
): Promise<FileRows> {
  try {
    if (/\.parquet$/i.test(path)) return await readParquet(path, name, wanted, budget);
    if (/\.(arrow|feather)$/i.test(path)) return await readArrow(path, name, wanted, budget);
    requireTextRows(path, name);
    const { text, cut, bytes } = await readBeginning(path, name, budget.bytes);
    const parse = isJsonFile(path) ? parseJsonArray : parseJsonLines;
    const { rows, count } = parse({ name, text, cut }, budget.rows);
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return { rows, columns, bytes, ...(!cut && { total: count }) };
  } catch (error) {
    throw fileError(error, name);
  }
}

async function readBeginning(
  path: string,
  name: string,
  limit: number,
): Promise<{ text: string; cut: boolean; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of dataBytes(path, name)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > limit) break;
  }
  const cut = bytes > limit;
  return { text: decodeText(Buffer.concat(chunks).subarray(0, limit)), cut, bytes: Math.min(bytes, limit) };
}

/** Rows of message lists can only be decoded a whole row group at a time; one beyond this would fill the memory. */
const LARGEST_ROW_GROUP = 512 * 1024 * 1024;

/** A file that is fine, but too costly to look into. */
export class NotSampled extends FileError {}

async function readParquet(
  path: string,
  name: string,
  wanted: readonly string[],
  budget: Budget,
): Promise<FileRows> {
  const parquet = await openParquet(path, name, wanted);
  const { columns, total } = parquet;
  const group = parquet.groups[0];
  if (parquet.present.length === 0 || group === undefined) return { rows: [], columns, total, bytes: 0 };
  if (group.bytes > LARGEST_ROW_GROUP) {
    throw new NotSampled(
      `${name} was not looked into: its first row group holds ${Math.round(group.bytes / 1024 / 1024)} MB of pairs. Write it with row groups of 1,000 rows to have it checked.`,
    );
  }
  const rows = await parquet.read(0, Math.min(budget.rows, group.rows));
  let bytes = 0;
  const sampled = rows.filter((row) => {
    bytes += textLength(row);
    return bytes <= budget.bytes;
  });
  return { rows: sampled, columns, total, bytes: Math.min(bytes, budget.bytes) };
}

async function readArrow(
  path: string,
  name: string,
  wanted: readonly string[],
  budget: Budget,
): Promise<FileRows> {
  const rows: JsonObject[] = [];
  let [columns, bytes, done]: [readonly string[], number, number] = [[], 0, 0];
  for await (const batch of arrowBatches(path, name, wanted)) {
    columns = batch.columns;
    for (const row of batch.rows) {
      if (rows.length >= budget.rows || bytes >= budget.bytes) return { rows, columns, bytes };
      rows.push(row);
      bytes += textLength(row);
    }
    done += batch.rows.length;
  }
  return { rows, columns, bytes, total: done };
}

/** Characters of all text in a row. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  const children = Array.isArray(value)
    ? (value as readonly unknown[])
    : isObject(value)
      ? Object.values(value)
      : [];
  return children.reduce((sum: number, child) => sum + textLength(child), 0);
}
