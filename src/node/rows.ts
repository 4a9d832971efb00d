import { isObject, type JsonObject } from './json';
import { FileError, messageOf } from './text-files';

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
export function parseJsonLines({ name, text, cut }: DataText, limit: number): Rows {
  const rows: JsonObject[] = [];
  let count = 0;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const lineBreak = text.indexOf('\n', start);
    if (lineBreak < 0 && cut) break;
    const end = lineBreak < 0 ? text.length : lineBreak;
    const content = text.slice(start, end).trim();
    start = end + 1;
    line++;
    if (content === '') continue;
    count++;
    if (rows.length < limit) rows.push(parseRow(content, () => `Line ${line} of ${name}`));
  }
  return { rows, count };
}

/**
 * A JSON array of objects, cut at its commas without reading it as a whole, so that the beginning of a large file is
 * enough. A text that begins with an object instead is read as JSON lines, which some tools name `.json` too.
 *
 * @throws FileError that names the row which is not a JSON object
 */
export function parseJsonArray(data: DataText, limit: number): Rows {
  const { name, text, cut } = data;
  const open = text.search(/\S/);
  if (open < 0) return { rows: [], count: 0 };
  if (text[open] !== '[') return parseJsonLines(data, limit);
  const rows: JsonObject[] = [];
  let count = 0;
  let start = open + 1;
  let end = elementEnd(text, start);
  for (; end >= 0; end = elementEnd(text, start)) {
    const isLast = text[end] === ']';
    const content = text.slice(start, end).trim();
    if (content === '' && isLast && count === 0) break;
    count++;
    if (rows.length < limit) {
      const from = start;
      rows.push(parseRow(content, () => `Row ${count} of ${name} (line ${lineAt(text, from)})`));
    }
    if (isLast) break;
    start = end + 1;
  }
  if (end < 0 && !cut) throw new FileError(`${name} ends inside row ${count + 1}. Write the file again.`);
  return { rows, count };
}

/** Where the array element that starts at an offset ends: at a comma or bracket of the outermost level, else -1. */
function elementEnd(text: string, from: number): number {
  let depth = 0;
  let inString = false;
  for (let index = from; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (depth <= 0 && (character === ',' || character === ']')) return index;
    else if (character === '}' || character === ']') depth--;
  }
  return -1;
}

function parseRow(content: string, place: () => string): JsonObject {
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
  return 'Mend or remove it.';
}

/** The first 60 characters, with what would not show made visible. */
function snippet(text: string): string {
  const start = text.slice(0, 60).replace(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}');
  return text.length > 60 ? `${start}...` : `${start}.`;
}

/** Line, counted from 1, of the first character after an offset that is not white space. */
function lineAt(text: string, offset: number): number {
  const first = offset + Math.max(0, text.slice(offset).search(/\S/));
  return text.slice(0, first).split('\n').length;
}
