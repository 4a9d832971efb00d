import type { TokenSequence } from '../../engine/batch';
import type { TrainingTokenizer } from '../data/training-tokenizer';

/** What a byte decodes to that is no whole character. */
const INCOMPLETE = '\uFFFD';

/** Tokens before the response that are decoded with it: some tokenizers drop a space at the beginning of a text. */
const CONTEXT = 4;

/**
 * The text of each response token, so that all together are the response. A token that ends within a character has none:
 * the character stands at the token that completes it.
 */
export function tokenPieces(
  { tokens, promptLength }: TokenSequence,
  tokenizer: Pick<TrainingTokenizer, 'decode'>,
): string[] {
  let start = Math.max(0, promptLength - CONTEXT);
  let told = promptLength;
  return tokens.slice(promptLength).map((_, index) => {
    const end = promptLength + index + 1;
    const before = tokenizer.decode(tokens.slice(start, told));
    const after = tokenizer.decode(tokens.slice(start, end));
    const isLast = end === tokens.length;
    if (after.endsWith(INCOMPLETE) && !isLast && end - told < 4) return '';
    const piece = after.startsWith(before)
      ? after.slice(before.length)
      : tokenizer.decode(tokens.slice(told, end));
    start = told;
    told = end;
    return piece;
  });
}
