import type { Range } from '../../words/text';
import { type Piece, rangeOf, type ShellWord, slicePiece, textOf } from './word';

/**
 * The words that the pieces of one written word become.
 * @param written the range of the written word
 * @param unquotable whether it stands in code that is a string itself
 */
export function splitWords(pieces: readonly Piece[], written: Range, unquotable: boolean): ShellWord[] {
  const words: Piece[][] = [];
  let current: Piece[] | undefined;
  const close = (): void => {
    if (current) words.push(current);
    current = undefined;
  };
  for (const piece of pieces) {
    if (!piece.split || piece.value === undefined) {
      current = [...(current ?? []), piece];
      continue;
    }
    let from = 0;
    for (const gap of piece.value.matchAll(/\s+/g)) {
      if (gap.index > from) current = [...(current ?? []), slicePiece(piece, from, gap.index)];
      close();
      from = gap.index + gap[0].length;
    }
    if (from < piece.value.length) current = [...(current ?? []), slicePiece(piece, from)];
  }
  close();
  return words.map((word) => wordOf(word, written, unquotable));
}

function wordOf(pieces: readonly Piece[], written: Range, unquotable: boolean): ShellWord {
  const within = pieces[0]?.within;
  const isPart = within !== undefined && pieces.every((piece) => piece.within === within);
  return {
    value: textOf(pieces),
    range: (isPart && rangeOf(pieces)) || written,
    pieces,
    splits: pieces.every(({ split, value }) => split && value === undefined),
    ...(isPart && { within }),
    unquotable: unquotable || isPart,
  };
}
