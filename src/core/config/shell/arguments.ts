import type { Range } from '../../words/text';
import { fallbackTextOf, openNames, type Piece, rangeOf, type ShellWord, slicePiece, textOf } from './word';

/** One setting on a command line: `--beta 0.1`, `--beta=0.1`, `--bf16`, `++loss.beta=0.1`. */
export interface Argument {
  /** Without dashes or plus signs in front: `beta`, `loss.beta`. */
  readonly name: string;
  readonly style: 'flag' | 'setting';
  readonly nameRange: Range;
  /** The word that holds the name. */
  readonly word: ShellWord;
  /** None: a flag alone. */
  readonly values: readonly ArgumentValue[];
  /** The words it takes; the last one exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface ArgumentValue {
  /** Undefined: only running the script decides it. */
  readonly value: string | undefined;
  /** The value where no variable is set from outside the script, such as `0.1` in `${BETA:-0.1}`. */
  readonly fallback: string | undefined;
  /** What leaves it open: variables (`BETA`), parameters (`1`). */
  readonly open: readonly string[];
  readonly range: Range;
  readonly pieces: readonly Piece[];
  readonly word: ShellWord;
}

export interface Arguments {
  readonly list: readonly Argument[];
  /** Words before the first flag, such as the config file of `llamafactory-cli train dpo.yaml`. */
  readonly positional: readonly ShellWord[];
  /** Whether there may be more settings than are written: `"$@"`, an unknown variable in place of flags. */
  readonly mayHaveMore: boolean;
}

/** Reads the words of a command from the first behind its program. A setting that is written twice is listed twice. */
export function readArguments(words: readonly ShellWord[], from: number): Arguments {
  const list: Argument[] = [];
  const positional: ShellWord[] = [];
  let mayHaveMore = false;
  for (let at = from; at < words.length; ) {
    const word = words[at] as ShellWord;
    const argument = flagAt(words, at) ?? settingAt(word, at);
    if (argument) {
      list.push(argument);
      at = argument.to;
    } else {
      if (word.splits) mayHaveMore = true;
      else positional.push(word);
      at++;
    }
    mayHaveMore ||= argument?.values.slice(1).some((value) => value.word.splits) ?? false;
  }
  return { list, positional, mayHaveMore };
}

function flagAt(words: readonly ShellWord[], at: number): Argument | undefined {
  const word = words[at];
  const [first] = word?.pieces ?? [];
  if (!word || first?.value === undefined) return undefined;
  const [, dashes = '', name = ''] = /^(--?)([A-Za-z][^=\s]*)/.exec(first.value) ?? [];
  if (!dashes || !name) return undefined;
  const length = dashes.length + name.length;
  const nameRange = slicePiece(first, 0, length).range;
  const common = { name, style: 'flag', nameRange, word, from: at } as const;
  if (first.value[length] === '=') return { ...common, values: [valueBehind(word, length + 1)], to: at + 1 };
  if (word.value === undefined || word.value.length !== length) return undefined;
  let to = at + 1;
  while (to < words.length && !startsSetting(words, to, at)) to++;
  return { ...common, values: words.slice(at + 1, to).map(wholeValue), to };
}

/** Whether another setting begins: the first word behind a flag may hold `=`, later ones are settings then. */
function startsSetting(words: readonly ShellWord[], at: number, flag: number): boolean {
  const word = words[at];
  const [first] = word?.pieces ?? [];
  // All that the script was called with.
  if (first?.open?.some((name) => name === '@' || name === '*')) return true;
  const text = first?.value;
  if (text === undefined) return false;
  return /^--?[A-Za-z]/.test(text) || (at > flag + 1 && SETTING.test(text)) || /^\+\+?[A-Za-z]/.test(text);
}

const SETTING = /^(\+{0,2})([A-Za-z_][\w./@-]*)=/;

function settingAt(word: ShellWord, at: number): Argument | undefined {
  const [first] = word.pieces;
  const [whole, signs = '', name] = SETTING.exec(first?.value ?? '') ?? [];
  if (!first || whole === undefined || name === undefined) return undefined;
  const nameRange = slicePiece(first, signs.length, signs.length + name.length).range;
  const values = [valueBehind(word, whole.length)];
  return { name, style: 'setting', nameRange, word, values, from: at, to: at + 1 };
}

function wholeValue(word: ShellWord): ArgumentValue {
  return valueOfPieces(word.pieces, word.range, word);
}

/** The value behind `=` in a word. */
function valueBehind(word: ShellWord, length: number): ArgumentValue {
  const [first, ...others] = word.pieces;
  const rest = first && slicePiece(first, length);
  const pieces = rest?.value ? [rest, ...others] : others;
  const place = rest?.range.start ?? word.range.start;
  return valueOfPieces(pieces, rangeOf(pieces) ?? { start: place, end: place }, word);
}

function valueOfPieces(pieces: readonly Piece[], range: Range, word: ShellWord): ArgumentValue {
  const value = textOf(pieces);
  return {
    value,
    fallback: value ?? fallbackTextOf(pieces),
    open: value === undefined ? openNames(pieces) : [],
    range,
    pieces,
    word,
  };
}
