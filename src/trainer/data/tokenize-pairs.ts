import type { TokenSequence } from '../../engine/batch';
import { present } from '../../node/files/present';
import { answerOpening, openingWarning } from '../../node/models/answer-opening';
import type { Progress } from '../models/place';
import { TrainingError } from '../training-error';
import type { LoadedPair } from './loaded-pair';
import type { PairLogprobs } from './logprob-columns';
import { type PairTexts, pairTexts } from './pair-texts';
import type { TrainingTokenizer } from './training-tokenizer';
import { type LengthLimits, type Truncated, truncate } from './truncate';

export interface TokenizedPair {
  readonly id: string;
  /** As in `LoadedPair`. */
  readonly row: number;
  readonly chosen: TokenSequence;
  readonly rejected: TokenSequence;
  /** A limit took tokens from one side or both. */
  readonly cut: boolean;
  readonly columns?: PairLogprobs;
}

interface TokenizeSettings extends LengthLimits {
  /** `prior` leaves the prompt out. */
  readonly score: 'conditional' | 'prior';
}

/**
 * Tokenizes pairs as TRL's DPOTrainer (1.13) does. The prompt is tokenized alone and with either response; what follows
 * the prompt's tokens there is the response. A template writes special tokens itself; around plain text the tokenizer
 * puts its own, and a response ends with the end-of-sequence token. Truncation is TRL's too, but for the limit of
 * the prompt alone, which TRL has no more.
 *
 * With `score: prior` the prompt gives way to one token, the begin-of-sequence token, or the end-of-sequence token
 * where the tokenizer has no other. The response keeps the tokens that it has, and is cut as it is, after its prompt: both
 * scores are about the same tokens.
 *
 * @throws TrainingError where messages cannot be written, a token is none of the model's, or no pair is left
 */
export async function tokenizePairs(
  pairs: readonly LoadedPair[],
  tokenizer: TrainingTokenizer,
  settings: TokenizeSettings,
  progress?: Progress,
): Promise<{ pairs: TokenizedPair[]; warnings: string[] }> {
  const tokenized: TokenizedPair[] = [];
  const counts: Counts = { filled: 0, unlike: 0, cut: 0, lostEnd: 0, apart: 0, opening: '' };
  let index = -1;
  for await (const { pair, texts } of withTexts(pairs, tokenizer)) {
    index++;
    const sides = tokenizeTexts(texts, tokenizer);
    const chosen = truncate(sides.prompt, sides.chosen, settings);
    const rejected = truncate(sides.prompt, sides.rejected, settings);
    progress?.(index + 1, pairs.length);
    if (!chosen || !rejected) {
      counts.filled++;
      continue;
    }
    if (sides.unlike) counts.unlike++;
    if (sides.opening !== undefined) {
      counts.apart++;
      counts.opening ||= sides.opening;
    }
    if (chosen.cut || rejected.cut) counts.cut++;
    if (chosen.lostEnd || rejected.lostEnd) counts.lostEnd++;
    tokenized.push({
      id: pair.id,
      row: pair.row,
      chosen: scored(chosen, tokenizer, settings.score),
      rejected: scored(rejected, tokenizer, settings.score),
      cut: chosen.cut || rejected.cut,
      ...(pair.columns && { columns: pair.columns }),
    });
  }
  if (pairs.length > 0 && tokenized.length === 0) {
    throw new TrainingError(
      `No pair is left: every prompt alone fills data.max_length (${settings.maxLength} tokens). Raise it, or cut prompts with data.max_prompt_length.`,
    );
  }
  return { pairs: tokenized, warnings: warnings(counts, pairs.length, settings.maxLength) };
}

interface PairTokens {
  readonly prompt: readonly number[];
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
  /** The prompt is tokenized otherwise alone than before a response. */
  readonly unlike: boolean;
  /** What the template writes for an answer to begin with, where the data's answers do not begin so. */
  readonly opening?: string;
}

/** Pairs whose messages are written at once; the next are written while these are tokenized. */
const AT_ONCE = 64;

async function* withTexts(
  pairs: readonly LoadedPair[],
  tokenizer: TrainingTokenizer,
): AsyncGenerator<{ readonly pair: LoadedPair; readonly texts: PairTexts }> {
  const textsFrom = (start: number): Promise<readonly PairTexts[]> =>
    pairTexts(pairs.slice(start, start + AT_ONCE), tokenizer);
  let next = textsFrom(0);
  for (let start = 0; start < pairs.length; start += AT_ONCE) {
    const written = await next;
    next = textsFrom(start + AT_ONCE);
    // It is awaited only after these are tokenized, which may fail first.
    next.catch(() => {});
    for (const [offset, texts] of written.entries()) {
      const pair = pairs[start + offset];
      if (pair) yield { pair, texts };
    }
  }
}

function tokenizeTexts(texts: PairTexts, tokenizer: TrainingTokenizer): PairTokens {
  const encode = texts.templated ? tokenizer.encode : tokenizer.encodePlain;
  const alone = encode(texts.prompt);
  const withChosen = encode(texts.withChosen);
  const withRejected = encode(texts.withRejected);
  const opening = answerOpening(texts);
  // An answer is scored from its first token, also where the prompt alone goes on otherwise.
  const length =
    opening === undefined
      ? alone.length
      : sharedBeginning(alone, sharedBeginning(withChosen, withRejected)).length;
  return {
    prompt: opening === undefined ? alone : alone.slice(0, length),
    chosen: withChosen.slice(length),
    rejected: withRejected.slice(length),
    unlike: opening === undefined && (!startsWith(withChosen, alone) || !startsWith(withRejected, alone)),
    ...present({ opening }),
  };
}

function sharedBeginning(a: readonly number[], b: readonly number[]): readonly number[] {
  const end = a.findIndex((token, index) => token !== b[index]);
  return end < 0 ? a : a.slice(0, end);
}

function startsWith(tokens: readonly number[], beginning: readonly number[]): boolean {
  return beginning.every((token, index) => tokens[index] === token);
}

function scored(
  { sequence }: Truncated,
  { beginToken, endToken }: TrainingTokenizer,
  score: TokenizeSettings['score'],
): TokenSequence {
  if (score === 'conditional') return sequence;
  const response = sequence.tokens.slice(sequence.promptLength);
  return { tokens: [beginToken ?? endToken, ...response], promptLength: 1 };
}

interface Counts {
  filled: number;
  unlike: number;
  cut: number;
  lostEnd: number;
  apart: number;
  /** Of the first pair that has one. */
  opening: string;
}

function warnings(counts: Counts, pairs: number, maxLength: number): string[] {
  const list: string[] = [];
  if (counts.filled > 0) {
    list.push(
      `${counts.filled} of ${pairs} pairs were skipped: with a limit of ${maxLength} tokens (data.max_length), nothing is left of a response after its prompt.`,
    );
  }
  if (counts.cut > 0) {
    const lost =
      counts.lostEnd > 0
        ? ` ${counts.lostEnd} of them lost the end of a response and its end-of-sequence token.`
        : '';
    list.push(`${counts.cut} of ${pairs} pairs were longer than the limits and were cut.${lost}`);
  }
  if (counts.apart > 0) {
    list.push(openingWarning(counts.apart, pairs, counts.opening));
  }
  if (counts.unlike > 0) {
    list.push(
      `${counts.unlike} of ${pairs} prompts are tokenized otherwise before a response than alone, so that the border between prompt and response is off by a token or so. A prompt that ends in a space is often the reason.`,
    );
  }
  return list;
}
