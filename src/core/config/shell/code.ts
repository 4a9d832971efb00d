import { PlacedText, type Places } from '../placed-text';

/** Shell code. Code inside a string, as in `bash -c "..."`, has lost the string's backslashes. */
export class Code extends PlacedText {
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
}

export type Quote = 'none' | 'single' | 'double' | 'heredoc';

/** What a backslash takes its meaning from. */
const ESCAPED = { double: '$`"\\', heredoc: '$`\\' };

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
