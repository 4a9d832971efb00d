import type { Range } from '../../words/text';
import type { Places } from '../placed-text';
import type { Quote } from './code';

/** A stretch of a word whose characters come from one place. */
export interface Piece {
  /** Undefined: only running the script decides it. */
  readonly value: string | undefined;
  /** Where it is written. */
  readonly range: Range;
  readonly quote: Quote;
  /** Where each character of a literal is written; absent for what an expansion gave. */
  readonly places?: Places;
  /** The text above that decides this value. */
  readonly origin?: Origin;
  /** The value where no variable is set from outside the script. */
  readonly fallback?: string;
  /** Variables and parameters that leave it open, such as `BETA` and `1`. */
  readonly open?: readonly string[];
  /** Bash splits it at white space: an expansion without quotes. An unknown one may give no word, or several. */
  readonly split?: boolean;
  /** The variable whose text this is a part of. */
  readonly within?: string;
}

/** Text that gives variables their value: `0.1` in `BETA=0.1` or in `${BETA:-0.1}`. */
export interface Origin {
  readonly variables: readonly string[];
  readonly range: Range;
  readonly quote: Quote;
}

/** A word of a command after bash's expansions. */
export interface ShellWord {
  /** Undefined: only running the script decides it. */
  readonly value: string | undefined;
  /** The word as it is written, quotes included. In a variable's text where the variable gives several words. */
  readonly range: Range;
  readonly pieces: readonly Piece[];
  /** May be no word, or several: `"$@"`, an unknown variable without quotes. */
  readonly splits: boolean;
  /** The variable that this word is one of several words of; an edit there changes each use of it. */
  readonly within?: string;
  /** Written where quotes would not be quotes: in text that is split at spaces, or in a string already. */
  readonly unquotable: boolean;
}

/** One command as the script would run it: the program and its arguments. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Where the command is written, from its first word to its last. */
  readonly range: Range;
}

/** The text of pieces; undefined where one of them is open. */
export function textOf(pieces: readonly Piece[]): string | undefined {
  return joined(pieces, ({ value }) => value);
}

/** The text where no variable is set from outside; undefined where something else leaves it open. */
export function fallbackTextOf(pieces: readonly Piece[]): string | undefined {
  return joined(pieces, ({ value, fallback }) => value ?? fallback);
}

function joined(pieces: readonly Piece[], text: (piece: Piece) => string | undefined): string | undefined {
  let all = '';
  for (const piece of pieces) {
    const part = text(piece);
    if (part === undefined) return undefined;
    all += part;
  }
  return all;
}

export function openNames(pieces: readonly Piece[]): string[] {
  return [...new Set(pieces.flatMap((piece) => piece.open ?? []))];
}

/** From the first to the last; undefined where there is none. */
export function rangeOf(items: readonly { readonly range: Range }[]): Range | undefined {
  const [first] = items;
  const last = items.at(-1);
  return first && last && { start: first.range.start, end: last.range.end };
}

/** Part of a known piece, by characters of its value. */
export function slicePiece(piece: Piece, from: number, to = piece.value?.length ?? 0): Piece {
  const value = piece.value?.slice(from, to);
  if (!piece.places) return { ...piece, value };
  const starts = piece.places.starts.slice(from, to);
  const ends = piece.places.ends.slice(from, to);
  const end = ends.at(-1) ?? piece.places.ends[from - 1] ?? piece.range.start;
  return { ...piece, value, range: { start: starts[0] ?? end, end }, places: { starts, ends } };
}
