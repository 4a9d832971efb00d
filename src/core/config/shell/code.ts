import type { Range } from '../../words/text';

/**
 * Shell code, with the places of its characters in the file. Code inside a string, as in `bash -c "..."`, has lost
 * the string's backslashes, so offsets in the code are not offsets in the file.
 */
export class Code {
  constructor(
    readonly text: string,
    /** Where each character starts in the file. Absent: offsets are the file's own. */
    private readonly places?: Places,
  ) {}

  /** Whether it is the text of a string. */
  get isNested(): boolean {
    return this.places !== undefined;
  }

  range(start: number, end: number): Range {
    if (!this.places) return { start, end };
    return { start: this.start(start), end: end > start ? this.end(end) : this.start(start) };
  }

  /** The characters between two offsets, decoded as bash does it between the given quotes. */
  decode(from: number, to: number, quote: Quote): Decoded {
    const starts: number[] = [];
    const ends: number[] = [];
    let text = '';
    for (let at = from; at < to; at++) {
      let width = 1;
      if (this.text[at] === '\\' && quote !== 'single' && at + 1 < to) {
        const next = this.text[at + 1] ?? '';
        if (next === '\n') {
          at++;
          continue;
        }
        if (quote === 'none' || ESCAPED[quote].includes(next)) width = 2;
      }
      text += this.text[at + width - 1];
      starts.push(this.start(at));
      ends.push(this.end(at + width));
      at += width - 1;
    }
    return { text, places: { starts, ends } };
  }

  private start(offset: number): number {
    if (!this.places) return offset;
    return this.places.starts[offset] ?? this.places.ends.at(-1) ?? 0;
  }

  private end(offset: number): number {
    return this.places ? (this.places.ends[offset - 1] ?? this.start(offset)) : offset;
  }
}

export type Quote = 'none' | 'single' | 'double' | 'heredoc';

/** What a backslash takes its meaning from. */
const ESCAPED = { double: '$`"\\', heredoc: '$`\\' };

export interface Places {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export interface Decoded {
  readonly text: string;
  readonly places: Places;
}

/**
 * Line breaks as bash wants them, with every offset as before: in a file with CRLF, bash would take the CR for part
 * of the last word of a line.
 */
export function withUnixLineBreaks(text: string): string {
  return text.includes('\r')
    ? text.replaceAll('\\\r\n', ' \\\n').replaceAll('\r\n', '\n\n').replaceAll('\r', '\n')
    : text;
}
