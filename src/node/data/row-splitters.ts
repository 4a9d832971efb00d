import { FileError } from '../files/text-files';

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

/** A JSON array, or JSON lines where the text begins with an object: some tools name those `.json`, too. */
export class JsonSplitter implements RowSplitter {
  readonly #name: string;
  #before = '';
  #splitter: RowSplitter | undefined;

  /** @param name the file as messages name it */
  constructor(name: string) {
    this.#name = name;
  }

  push(text: string): RowText[] {
    if (this.#splitter) return this.#splitter.push(text);
    this.#before += text;
    const open = this.#before.search(/\S/);
    if (open < 0) return [];
    const isArray = this.#before[open] === '[';
    this.#splitter = isArray ? new ArraySplitter(this.#name) : new LineSplitter(this.#name);
    // Line breaks before the array count.
    return this.#splitter.push(isArray ? this.#before.replace('[', '') : this.#before);
  }

  end(): RowText[] {
    return this.#splitter?.end() ?? [];
  }
}

export function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
