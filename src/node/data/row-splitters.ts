import { isObject, type JsonObject } from '../files/json';
import { FileError } from '../files/text-files';
import { rowsOfObject, wrappedListStart } from './whole-json';

/** The text of one row of a data file. */
export interface RowText {
  readonly content: string;
  /** Where it stands, in words that begin a sentence. */
  place(): string;
}

/** Cuts a text that comes in pieces into rows, without ever holding more of it than the row it is in. */
export interface RowSplitter {
  /** Rows that end within the text so far. */
  push(text: string): RowText[];
  /**
   * What follows the last end of a row.
   *
   * @throws FileError where the text ends inside a row
   */
  end(): RowText[];
}

/** Characters of a row. More text than the longest context of a model holds is no pair, and would fill the memory. */
const LONGEST_ROW = 16 * 1024 * 1024;

function tooLong(place: string): FileError {
  return new FileError(`${place} is longer than 16 MB. Check the file, or take that row out.`);
}

/** One row a line; blank lines are none. */
export class LineSplitter implements RowSplitter {
  readonly #name: string;
  #rest = '';
  #line = 0;

  /** @param name the file as messages name it */
  constructor(name: string) {
    this.#name = name;
  }

  push(text: string): RowText[] {
    const rows: RowText[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      rows.push(...this.#row(this.#rest + text.slice(start, end)));
      this.#rest = '';
      start = end + 1;
    }
    this.#rest += text.slice(start);
    if (this.#rest.length > LONGEST_ROW) throw tooLong(`Line ${this.#line + 1} of ${this.#name}`);
    return rows;
  }

  end(): RowText[] {
    return this.#row(this.#rest);
  }

  #row(text: string): RowText[] {
    const line = ++this.#line;
    const content = text.trim();
    return content === '' ? [] : [{ content, place: () => `Line ${line} of ${this.#name}` }];
  }
}

/** The elements of one JSON array, cut at its commas. What follows the array is ignored. */
class ArraySplitter implements RowSplitter {
  readonly #name: string;
  /** From where the element begins, or where what is not yet looked at begins. */
  #text = '';
  #looked = 0;
  /** Brackets that are open within the element. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #rows = 0;
  #line = 1;
  #closed = false;

  constructor(name: string) {
    this.#name = name;
  }

  push(text: string): RowText[] {
    const rows: RowText[] = [];
    this.#text += text;
    while (!this.#closed) {
      const end = this.#elementEnd();
      if (end < 0) break;
      this.#closed = this.#text[end] === ']';
      rows.push(...this.#row(this.#text.slice(0, end)));
      this.#text = this.#text.slice(end + 1);
      this.#looked = 0;
    }
    if (this.#text.length > LONGEST_ROW) {
      // What follows the list is ignored.
      if (this.#closed) this.#text = '';
      else throw tooLong(`Row ${this.#rows + 1} of ${this.#name}`);
    }
    return rows;
  }

  end(): RowText[] {
    if (this.#closed) return [];
    throw new FileError(`${this.#name} ends inside row ${this.#rows + 1}. Write the file again.`);
  }

  /** Where the element ends: at a comma or bracket of the outermost level; -1 where the text does not hold it yet. */
  #elementEnd(): number {
    const text = this.#text;
    for (let index = this.#looked; index < text.length; index++) {
      const character = text[index];
      if (this.#escaped) this.#escaped = false;
      else if (this.#inString) {
        if (character === '\\') this.#escaped = true;
        else if (character === '"') this.#inString = false;
      } else if (character === '"') this.#inString = true;
      else if (character === '{' || character === '[') this.#depth++;
      else if (this.#depth <= 0 && (character === ',' || character === ']')) {
        this.#depth = 0;
        return index;
      } else if (character === '}' || character === ']') this.#depth--;
    }
    this.#looked = text.length;
    return -1;
  }

  #row(text: string): RowText[] {
    const content = text.trim();
    if (content === '' && this.#closed && this.#rows === 0) return [];
    const row = ++this.#rows;
    const first = this.#line + countLineBreaks(text.slice(0, Math.max(0, text.search(/\S/))));
    this.#line += countLineBreaks(text);
    return [{ content, place: () => `Row ${row} of ${this.#name} (line ${first})` }];
  }
}

/** More text than this is not held at once. */
const LARGEST_OBJECT = 256 * 1024 * 1024;
/** Characters in which a file shows what it is. */
const BEGINNING = 1024 * 1024;

/**
 * A file named `.json`: an array; JSON lines, which some tools name so, too; or one object that wraps a list of rows or
 * holds columns.
 */
export class JsonSplitter implements RowSplitter {
  readonly #name: string;
  #before = '';
  #isObject = false;
  #splitter: RowSplitter | undefined;

  /** @param name the file as messages name it */
  constructor(name: string) {
    this.#name = name;
  }

  push(text: string): RowText[] {
    if (this.#splitter) return this.#splitter.push(text);
    this.#before += text;
    if (this.#isObject) return this.#checkSize();
    const open = this.#before.search(/\S/);
    if (open < 0) return this.#checkBlanks();
    if (this.#before[open] === '[')
      return this.#begin(new ArraySplitter(this.#name), this.#before.replace('[', ''));
    const lineEnd = this.#before.indexOf('\n', open);
    if (lineEnd >= 0 && isWholeRow(this.#before.slice(open, lineEnd))) {
      return this.#begin(new LineSplitter(this.#name), this.#before);
    }
    const list = wrappedListStart(this.#before);
    if (list !== undefined) return this.#begin(new ArraySplitter(this.#name), this.#before.slice(list));
    this.#isObject = lineEnd >= 0 || this.#before.length > BEGINNING;
    return this.#checkSize();
  }

  end(): RowText[] {
    if (this.#splitter) return this.#splitter.end();
    const text = this.#before.trim();
    if (text === '') return [];
    const value = parsedObject(text);
    // What cannot be read is reported with its line.
    if (!value) {
      const lines = new LineSplitter(this.#name);
      return [...lines.push(this.#before), ...lines.end()];
    }
    return rowsOfObject(value, this.#name).map((row, index) => ({
      content: JSON.stringify(row),
      place: () => `Row ${index + 1} of ${this.#name}`,
    }));
  }

  #begin(splitter: RowSplitter, text: string): RowText[] {
    this.#splitter = splitter;
    this.#before = '';
    return splitter.push(text);
  }

  #checkBlanks(): RowText[] {
    if (this.#before.length <= BEGINNING) return [];
    throw new FileError(`${this.#name} begins with more than 1 MB of blanks. Is it the right file?`);
  }

  #checkSize(): RowText[] {
    if (this.#before.length <= LARGEST_OBJECT) return [];
    throw new FileError(
      `${this.#name} is one JSON object of more than 256 MB. Write its rows one a line, as a .jsonl file.`,
    );
  }
}

/** A line of JSON lines, and not a whole file that wraps its rows. */
function isWholeRow(line: string): boolean {
  const value = parsedObject(line);
  return value !== undefined && rowsOfObject(value, '').length === 1;
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
