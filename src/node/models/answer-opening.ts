import { count } from '../../core/words/counts';

/** A prompt as text, and with either response. */
interface Texts {
  readonly prompt: string;
  readonly withChosen: string;
  readonly withRejected: string;
}

/**
 * What a template writes for an answer to begin with, such as `<think>`, where it does not write it before the answers
 * of the data. Undefined where the conversations begin with the prompt. Empty where they part from it earlier for
 * another reason.
 */
export function answerOpening({ prompt, withChosen, withRejected }: Texts): string | undefined {
  if (withChosen.startsWith(prompt) && withRejected.startsWith(prompt)) return undefined;
  return prompt.slice(Math.min(sharedLength(prompt, withChosen), sharedLength(prompt, withRejected)));
}

function sharedLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** @param pairs of which `apart` have an opening */
export function openingWarning(apart: number, pairs: number, opening: string): string {
  return `In ${apart} of ${count(pairs, 'pair')} the chat template ends the prompt with ${JSON.stringify(opening.slice(0, 60))}, which it does not write before the answers of the data. Answers are scored from where both part: the policy learns them without it.`;
}
