import { isObject, type JsonObject } from '../files/json';
import { FileError, messageOf } from '../files/text-files';
import { JsonSplitter, LineSplitter, type RowSplitter, type RowText } from './row-splitters';

/** Text of a data file, or of its beginning. */
export interface DataText {
  /** The file as messages name it. */
  readonly name: string;
  readonly text: string;
  /** The file goes on after the text. */
  readonly cut: boolean;
}

export interface Rows {
  /** The first rows. */
  readonly rows: readonly JsonObject[];
  /** All rows of the text. */
  readonly count: number;
}

/**
 * One JSON object a line; blank lines are skipped. A last line that the cut went through is left out.
 *
 * @param limit rows to parse; what follows is only counted
 * @throws FileError that names the line which is not a JSON object
 */
export function parseJsonLines(data: DataText, limit: number): Rows {
  return parseRows(data, new LineSplitter(data.name), limit);
}

/**
 * A JSON array of objects, cut at its commas without reading it as a whole, so that the beginning of a large file is
 * enough. A text that begins with an object instead is read as JSON lines, which some tools name `.json` too.
 *
 * @throws FileError that names the row which is not a JSON object
 */
export function parseJsonArray(data: DataText, limit: number): Rows {
  return parseRows(data, new JsonSplitter(data.name), limit);
}

function parseRows({ text, cut }: DataText, splitter: RowSplitter, limit: number): Rows {
  const texts = splitter.push(text);
  const rows = texts.slice(0, limit).map(parseRow);
  // Only now, so that a broken row is told before a missing end.
  const last = cut ? [] : splitter.end();
  rows.push(...last.slice(0, limit - rows.length).map(parseRow));
  return { rows, count: texts.length + last.length };
}

/** @throws FileError that names the place of a row which is not a JSON object */
export function parseRow({ content, place }: RowText): JsonObject {
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) return value;
  } catch (error) {
    throw new FileError(`${place()} is not JSON: ${snippet(content)} ${advice(content, messageOf(error))}`);
  }
  throw new FileError(`${place()} is not a JSON object: ${snippet(content)} Write one object for each pair.`);
}

function advice(content: string, error: string): string {
  if (content.includes('\0')) return 'It looks like binary or UTF-16; pairs are read from UTF-8 text.';
  if (/\b(NaN|Infinity)\b/.test(content))
    return 'NaN and Infinity are not JSON: write null, or leave the key out.';
  if (/^[{[]$/.test(content))
    return 'JSONL has one whole object a line; a list over several lines is a .json file.';
  if (/Unterminated|end of JSON/.test(error))
    return 'Its end is missing: write the file again, or remove the row.';
  return 'Fix or remove it.';
}

/** The first 60 characters, with what would not show made visible. */
function snippet(text: string): string {
  const start = text.slice(0, 60).replace(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}');
  return text.length > 60 ? `${start}...` : `${start}.`;
}
