import { at } from './at';
import type { BatchSize } from './model/transformer';

/** A tokenised prompt and response; the response is scored. */
export interface TokenSequence {
  readonly tokens: readonly number[];
  /** How many tokens at the start are not scored: the prompt, at least the begin-of-sequence token, so 1 or more. */
  readonly promptLength: number;
}

/**
 * The sizes of a graph that scores. A *slot* is one scored token: where it is predicted and which token it is. Only
 * slots go through the vocabulary head.
 */
export interface ScoringSize extends BatchSize {
  readonly slots: number;
}

/** What a scoring or training graph is given besides parameters, by input name. */
export interface ScoringInputs {
  /** [sequences, length], padded on the right with 0; a causal mask keeps padding out of sight. */
  readonly tokens: BigInt64Array;
  /** [slots]: the row of [sequences * length] that predicts the slot's token, the position before it. */
  readonly rows: BigInt64Array;
  /** [sequences * length]: the slot of a row, or `slots` for a row that predicts nothing scored. */
  readonly inverse_rows: BigInt64Array;
  /** [slots]: the token whose log-probability is wanted. */
  readonly targets: BigInt64Array;
  /** [sequences, slots]: 1 where a slot counts in the sum of a sequence. */
  readonly membership: Float32Array;
  /** [sequences]: the slot of the end-of-sequence token. Only a scoring graph takes it. */
  readonly ends: BigInt64Array;
}

/**
 * Slots that a sequence takes: one a response token, and one more for the end-of-sequence token where the response
 * was cut before it; that one is scored, but is no part of the sum.
 */
export function slotsOf(sequence: TokenSequence, endToken: number): number {
  return sequence.tokens.length - sequence.promptLength + (endsItself(sequence, endToken) ? 0 : 1);
}

/**
 * Lays out a batch for a graph. Fewer sequences than the graph takes are filled up with empty ones.
 *
 * @throws RangeError when the sequences do not fit into the size, or one has no prompt or no response
 */
export function scoringInputs(
  sequences: readonly TokenSequence[],
  size: ScoringSize,
  endToken: number,
): ScoringInputs {
  if (sequences.length > size.sequences) {
    throw new RangeError(`${sequences.length} sequences do not fit into a batch of ${size.sequences}`);
  }
  const inputs: ScoringInputs = {
    tokens: new BigInt64Array(size.sequences * size.length),
    rows: new BigInt64Array(size.slots),
    inverse_rows: new BigInt64Array(size.sequences * size.length).fill(BigInt(size.slots)),
    targets: new BigInt64Array(size.slots),
    membership: new Float32Array(size.sequences * size.slots),
    ends: new BigInt64Array(size.sequences),
  };
  let slot = 0;
  for (const [index, sequence] of sequences.entries()) {
    const { tokens, promptLength } = sequence;
    checkSequence(sequence, size.length);
    const start = index * size.length;
    inputs.tokens.set(tokens.map(BigInt), start);
    const targets = endsItself(sequence, endToken) ? tokens : [...tokens, endToken];
    for (let position = promptLength; position < targets.length; position++) {
      if (slot === size.slots) throw new RangeError(`the responses need more than ${size.slots} slots`);
      const row = start + position - 1;
      inputs.rows[slot] = BigInt(row);
      inputs.inverse_rows[row] = BigInt(slot);
      inputs.targets[slot] = BigInt(at(targets, position));
      if (position < tokens.length) inputs.membership[index * size.slots + slot] = 1;
      slot += 1;
    }
    inputs.ends[index] = BigInt(slot - 1);
  }
  return inputs;
}

function endsItself({ tokens }: TokenSequence, endToken: number): boolean {
  return at(tokens, -1) === endToken;
}

function checkSequence({ tokens, promptLength }: TokenSequence, length: number): void {
  if (tokens.length > length) {
    throw new RangeError(`a sequence of ${tokens.length} tokens does not fit into a length of ${length}`);
  }
  if (promptLength < 1 || promptLength >= tokens.length) {
    throw new RangeError(
      `a sequence of ${tokens.length} tokens with a prompt of ${promptLength} has nothing to score from or nothing to score`,
    );
  }
}
