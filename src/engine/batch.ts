import { at } from './at';

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
export interface ScoringSize {
  readonly sequences: number;
  /** Tokens of a line, all lines being padded to one length. */
  readonly length: number;
  readonly slots: number;
  /**
   * Each line holds a pair, sequence i and sequence i + sequences / 2, with the start that they share once. Else each
   * holds one sequence.
   */
  readonly paired?: boolean;
}

/** What a scoring or training graph is given besides parameters, by input name. */
export interface ScoringInputs {
  /** [lines, length], padded on the right with 0; padding stays out of sight because it comes last. */
  readonly tokens: BigInt64Array;
  /** [lines, length]: the position of a token in its own sequence. */
  readonly positions: BigInt64Array;
  /** [lines, length]: 0 for what all later tokens of the line see, 1 and 2 for what only their own kind sees. */
  readonly segments: Float32Array;
  /** [slots]: the row of [lines * length] that predicts the slot's token, the position before it. */
  readonly rows: BigInt64Array;
  /** [lines * length]: the slot of a row, or `slots` for a row that predicts nothing scored. */
  readonly inverse_rows: BigInt64Array;
  /** [slots]: the token whose log-probability is wanted. */
  readonly targets: BigInt64Array;
  /** [sequences, slots]: 1 where a slot counts in the sum of a sequence. */
  readonly membership: Float32Array;
  /** [sequences]: the slot of the end-of-sequence token. Only a scoring graph takes it. */
  readonly ends: BigInt64Array;
}

/** Lines of a graph's batch. */
export function linesOf({ sequences, paired = false }: ScoringSize): number {
  return paired ? sequences / 2 : sequences;
}

/**
 * Slots that a sequence takes: one a response token, and one more for the end-of-sequence token where the response
 * was cut before it; that one is scored, but is no part of the sum.
 */
export function slotsOf(sequence: TokenSequence, endToken: number): number {
  return withEnd(sequence, endToken).length - sequence.promptLength;
}

/** Tokens of the line that holds a pair, with the start that both share once. */
export function pairedLength(chosen: TokenSequence, rejected: TokenSequence, endToken: number): number {
  return fedTokens(chosen, endToken) + fedTokens(rejected, endToken) - sharedStart(chosen, rejected);
}

/**
 * Lays out a batch for a graph. Fewer sequences than the graph takes are filled up with empty ones, except in pairs.
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
  const rows = linesOf(size) * size.length;
  const inputs: ScoringInputs = {
    tokens: new BigInt64Array(rows),
    positions: new BigInt64Array(rows),
    segments: new Float32Array(rows),
    rows: new BigInt64Array(size.slots),
    inverse_rows: new BigInt64Array(rows).fill(BigInt(size.slots)),
    targets: new BigInt64Array(size.slots),
    membership: new Float32Array(size.sequences * size.slots),
    ends: new BigInt64Array(size.sequences),
  };
  const places = placesOf(sequences, size, endToken);
  let slot = 0;
  for (const [index, sequence] of sequences.entries()) {
    const { line, shift, from, shared, segment } = at(places, index);
    checkSequence(sequence, shift + fedTokens(sequence, endToken), size.length);
    const targets = withEnd(sequence, endToken);
    const start = line * size.length + shift;
    for (let position = from; position < targets.length - 1; position++) {
      inputs.tokens[start + position] = BigInt(at(targets, position));
      inputs.positions[start + position] = BigInt(position);
      inputs.segments[start + position] = position < shared ? 0 : segment;
    }
    for (let position = sequence.promptLength; position < targets.length; position++) {
      if (slot === size.slots) throw new RangeError(`the responses need more than ${size.slots} slots`);
      const row = start + position - 1;
      inputs.rows[slot] = BigInt(row);
      inputs.inverse_rows[row] = BigInt(slot);
      inputs.targets[slot] = BigInt(at(targets, position));
      if (position < sequence.tokens.length) inputs.membership[index * size.slots + slot] = 1;
      slot += 1;
    }
    const behind = targets.length - endPosition(sequence, endToken);
    inputs.ends[index] = BigInt(slot - behind);
  }
  return inputs;
}

/** Where a sequence lies: its token at a position is at column position + shift of a line. */
interface Place {
  readonly line: number;
  readonly shift: number;
  /** The first position that this sequence puts down itself; those before are there already. */
  readonly from: number;
  /** Tokens at the start that other sequences of the line see, too. */
  readonly shared: number;
  readonly segment: number;
}

function placesOf(sequences: readonly TokenSequence[], size: ScoringSize, endToken: number): Place[] {
  if (!size.paired) return sequences.map((_, line) => ({ line, shift: 0, from: 0, shared: 0, segment: 0 }));
  const pairs = linesOf(size);
  if (sequences.length !== 2 * pairs) {
    throw new RangeError(`${sequences.length} sequences do not make ${pairs} pairs`);
  }
  return sequences.map((_, index) => {
    const line = index % pairs;
    const [chosen, rejected] = [at(sequences, line), at(sequences, line + pairs)];
    const shared = sharedStart(chosen, rejected);
    return index < pairs
      ? { line, shift: 0, from: 0, shared, segment: 1 }
      : { line, shift: fedTokens(chosen, endToken) - shared, from: shared, shared, segment: 2 };
  });
}

/** Tokens that both begin with. The last one of a prompt is never among them: each needs it to predict its own next. */
function sharedStart(a: TokenSequence, b: TokenSequence): number {
  const limit = Math.min(a.promptLength, b.promptLength) - 1;
  let shared = 0;
  while (shared < limit && a.tokens[shared] === b.tokens[shared]) shared += 1;
  return shared;
}

/** Tokens that go through the model: nothing is predicted from the last of `withEnd`. */
function fedTokens(sequence: TokenSequence, endToken: number): number {
  return withEnd(sequence, endToken).length - 1;
}

/** The tokens with an end-of-sequence token, which is added where the response was cut before it. */
function withEnd(sequence: TokenSequence, endToken: number): readonly number[] {
  const { tokens } = sequence;
  return endPosition(sequence, endToken) < tokens.length ? tokens : [...tokens, endToken];
}

/** Where the response ends: chat templates write a line break after the end-of-sequence token. */
function endPosition({ tokens, promptLength }: TokenSequence, endToken: number): number {
  const last = tokens.lastIndexOf(endToken);
  return last >= promptLength ? last : tokens.length;
}

/** @param columns that it takes, with what lies before it on the line */
function checkSequence({ tokens, promptLength }: TokenSequence, columns: number, length: number): void {
  if (columns > length) {
    throw new RangeError(`a sequence of ${tokens.length} tokens does not fit into a length of ${length}`);
  }
  if (promptLength < 1 || promptLength >= tokens.length) {
    throw new RangeError(
      `a sequence of ${tokens.length} tokens with a prompt of ${promptLength} has nothing to score from or nothing to score`,
    );
  }
}
