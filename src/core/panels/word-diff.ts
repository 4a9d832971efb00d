/** A stretch of a text, and whether the other text has it at this place as well. */
export interface Stretch {
  readonly text: string;
  readonly isShared: boolean;
}

/** Words above which texts are not compared: the time grows with the product of both. */
const MOST_WORDS = 2000;

/**
 * What two texts share, by the longest common subsequence of their words and punctuation. Space goes with the word
 * after it. Texts of more than 2,000 words are not compared: each is one stretch, called shared.
 */
export function wordDiff(first: string, second: string): readonly [Stretch[], Stretch[]] {
  const [words, others] = [wordsOf(first), wordsOf(second)];
  if (Math.max(words.length, others.length) > MOST_WORDS)
    return [[{ text: first, isShared: true }], [{ text: second, isShared: true }]];
  const [shared, otherShared] = commonWords(words.map(bare), others.map(bare));
  return [stretches(words, shared), stretches(others, otherShared)];
}

function wordsOf(text: string): string[] {
  return text.match(/\s*(?:[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_])|\s+$/gu) ?? [];
}

function bare(word: string): string {
  return word.trim();
}

function commonWords(words: readonly string[], others: readonly string[]): readonly [boolean[], boolean[]] {
  const width = others.length + 1;
  // Length of the longest common subsequence of what begins at each pair of places.
  const lengths = new Uint16Array((words.length + 1) * width);
  for (let row = words.length - 1; row >= 0; row--) {
    for (let column = others.length - 1; column >= 0; column--) {
      const at = row * width + column;
      lengths[at] =
        words[row] === others[column]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const isShared = words.map(() => false);
  const isOtherShared = others.map(() => false);
  let [row, column] = [0, 0];
  while (row < words.length && column < others.length) {
    const at = row * width + column;
    if (words[row] === others[column]) {
      isShared[row++] = true;
      isOtherShared[column++] = true;
    } else if ((lengths[at + width] ?? 0) >= (lengths[at + 1] ?? 0)) row++;
    else column++;
  }
  return [isShared, isOtherShared];
}

function stretches(words: readonly string[], isShared: readonly boolean[]): Stretch[] {
  const joined: { text: string; isShared: boolean }[] = [];
  for (const [index, word] of words.entries()) {
    const last = joined.at(-1);
    const shared = isShared[index] ?? false;
    if (last?.isShared === shared) last.text += word;
    else joined.push({ text: word, isShared: shared });
  }
  return joined;
}
