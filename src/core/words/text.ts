/** Positions in a text, and edits of it. Offsets count UTF-16 code units from 0, as JavaScript and VS Code do. */

export interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

/** Zero-based line and column, as VS Code counts them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Turns offsets into lines and columns. A line ends at LF, CRLF or a lone CR. */
export class LineIndex {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    const breaks = /\r\n|\r|\n/g;
    while (breaks.exec(text)) this.starts.push(breaks.lastIndex);
  }

  position(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= clamped) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: clamped - (this.starts[low] ?? 0) };
  }

  get lineCount(): number {
    return this.starts.length;
  }

  /** The range of a line without its line break. */
  lineRange(line: number): Range {
    const start = this.starts[line] ?? this.text.length;
    const next = this.starts[line + 1] ?? this.text.length;
    let end = next;
    while (end > start && (this.text[end - 1] === '\n' || this.text[end - 1] === '\r')) end--;
    return { start, end };
  }

  line(line: number): string {
    const { start, end } = this.lineRange(line);
    return this.text.slice(start, end);
  }
}

/** The first line, at most 80 characters of it: the place of what concerns a whole text. */
export function firstLine(text: string): Range {
  return { start: 0, end: Math.min(text.search(/[\r\n]|$/), 80) };
}

/** Applies edits that do not overlap; their order does not matter. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const edit of [...edits].sort((a, b) => b.range.start - a.range.start)) {
    result = result.slice(0, edit.range.start) + edit.newText + result.slice(edit.range.end);
  }
  return result;
}

/** The single edit that turns one text into another: what lies between their common start and end. */
export function editBetween(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail++;
  return { range: { start, end: before.length - tail }, newText: after.slice(start, after.length - tail) };
}
