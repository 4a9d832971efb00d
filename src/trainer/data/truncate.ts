import type { TokenSequence } from '../../engine/batch';

export interface LengthLimits {
  /** Tokens of prompt and response. */
  readonly maxLength: number;
  /** Tokens of the prompt; a longer one loses its beginning. */
  readonly maxPromptLength?: number;
  readonly truncation: 'keep_start' | 'keep_end';
}

/** A sequence within the limits. */
export interface Truncated {
  readonly sequence: TokenSequence;
  /** Tokens were left out. */
  readonly cut: boolean;
  /** Its last token is not the response's last. */
  readonly lostEnd: boolean;
}

/**
 * What the limits leave of a prompt and a response: first of the prompt alone, then of both together, their end or
 * their beginning. Nothing predicts the first token of a sequence, so where no prompt is left, the first token of the
 * response stands in its place and is not scored; the same happens in TRL.
 *
 * @returns undefined where no token is left to be scored
 */
export function truncate(
  prompt: readonly number[],
  response: readonly number[],
  { maxLength, maxPromptLength, truncation }: LengthLimits,
): Truncated | undefined {
  const asked =
    maxPromptLength !== undefined && prompt.length > maxPromptLength
      ? prompt.slice(-maxPromptLength)
      : prompt;
  const whole = asked.concat(response);
  const over = Math.max(0, whole.length - maxLength);
  const fromEnd = truncation === 'keep_end';
  const tokens = over === 0 ? whole : fromEnd ? whole.slice(over) : whole.slice(0, maxLength);
  const promptLength = Math.max(1, fromEnd ? asked.length - over : asked.length);
  if (promptLength >= tokens.length) return undefined;
  return {
    sequence: { tokens, promptLength },
    cut: over > 0 || asked !== prompt,
    lostEnd: over > 0 && !fromEnd,
  };
}
