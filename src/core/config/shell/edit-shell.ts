import type { Range, TextEdit } from '../../words/text';
import type { Argument, Arguments } from './arguments';
import type { ShellScript } from './read-shell';
import type { ShellCommand, ShellWord } from './word';

/**
 * Edits that give an argument another value: where a variable that is used once gives it, in the variable's
 * assignment, else where the value stands. Undefined where the text has no safe place for it.
 */
export function changeValue(script: ShellScript, argument: Argument, value: string): TextEdit[] | undefined {
  const [old] = argument.values;
  if (!old) {
    return isShared(script, argument.word)
      ? undefined
      : replace(script, endOf(argument.nameRange), ` ${value}`, value, true);
  }
  const [piece, ...others] = old.pieces;
  const origin = others.length === 0 ? piece?.origin : undefined;
  if (origin?.variables.every((name) => (script.useCounts.get(name) ?? 0) <= 1)) {
    return replace(script, origin.range, value, value, false);
  }
  if (isShared(script, old.word)) return undefined;
  return replace(script, old.range, value, value, old.word.unquotable);
}

/** Edits that add words, such as `--beta 0.1`, behind the last argument, on a line of their own where others have one. */
export function addArgument(
  script: ShellScript,
  { words, range }: ShellCommand,
  { list }: Arguments,
  added: string,
): TextEdit[] | undefined {
  const last = list.findLast((argument) => !isShared(script, argument.word));
  const end = last && lastWord(script, words, last);
  if (!last || !end) return [{ range: endOf(range), newText: ` ${added}` }];
  if (end.unquotable && !isPlain(added.replaceAll(' ', ''))) return undefined;
  const before = script.text.slice(0, last.word.range.start);
  const separator = /[ \t]*\\?\r?\n[ \t]*$/.exec(before)?.[0] ?? ' ';
  return [{ range: endOf(end.range), newText: separator + added }];
}

/** Edits that take an argument out, with the white space and the line continuation in front of it. */
export function removeArgument(
  script: ShellScript,
  words: readonly ShellWord[],
  argument: Argument,
): TextEdit[] | undefined {
  if (isShared(script, argument.word)) return undefined;
  const end = lastWord(script, words, argument);
  const before = words[argument.from - 1];
  const after = words[argument.to];
  if (!end) return undefined;
  const { start } = argument.word.range;
  if (before && before.within === argument.word.within && before.range.end <= start) {
    return [{ range: { start: before.range.end, end: end.range.end }, newText: '' }];
  }
  const isNext = after && after.within === argument.word.within && after.range.start >= end.range.end;
  return [{ range: { start, end: isNext ? after.range.start : end.range.end }, newText: '' }];
}

/** The last word of an argument that stands where its name does. */
function lastWord(
  script: ShellScript,
  words: readonly ShellWord[],
  argument: Argument,
): ShellWord | undefined {
  const own = words.slice(argument.from, argument.to);
  return own.findLast(
    (word, at) =>
      word.within === argument.word.within && !isShared(script, word) && (at <= 1 || !word.splits),
  );
}

/** Whether an edit of a word would change another command, or the same one twice. */
function isShared({ useCounts }: ShellScript, { within }: ShellWord): boolean {
  return within !== undefined && (useCounts.get(within) ?? 0) > 1;
}

function replace(
  { text }: ShellScript,
  range: Range,
  newText: string,
  value: string,
  unquotable: boolean,
): TextEdit[] | undefined {
  if (isPlain(value)) return [{ range, newText }];
  const around = text[range.start - 1];
  const isQuoted = (around === '"' || around === "'") && text[range.end] === around;
  if (isQuoted) return (around === "'" ? /'/ : /["$`\\]/).test(value) ? undefined : [{ range, newText }];
  if (unquotable || value.includes("'")) return undefined;
  return [{ range, newText: newText.replace(value, () => `'${value}'`) }];
}

/** Means the same with quotes and without, wherever it stands. */
function isPlain(value: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(value);
}

function endOf({ end }: Range): Range {
  return { start: end, end };
}
