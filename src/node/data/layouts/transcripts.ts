import { NoPair } from '../messages';

/** What opens the answer in common notations of transcripts; the first words of both answers can be the same too. */
const ANSWER_OPENS = [
  '\n\nAssistant:',
  '<|im_start|>assistant\n',
  '<|assistant|>\n',
  '<|start_header_id|>assistant<|end_header_id|>\n\n',
  '<start_of_turn>model\n',
  '[/INST]',
  '### Response:\n',
  '### Assistant:',
  'ASSISTANT:',
];

/** Less than this of words in common, without a sign of a question, is chance and no prompt. */
const LEAST_WORDS = 3;

/**
 * Where the prompt of two transcripts ends: after the last opening of an answer in what both share, else where their
 * longest common beginning ends, as TRL's `extract_prompt` takes it, moved back to the border of a word. A space there
 * belongs to the responses.
 *
 * @throws NoPair where they do not begin alike
 */
export function promptEnd(chosen: string, rejected: string): number {
  const shared = commonLength(chosen, rejected);
  const beginning = chosen.slice(0, shared);
  const opened = Math.max(...ANSWER_OPENS.map((mark) => afterLast(beginning, mark)));
  if (opened > 0) return opened;
  // Two that are the same all through keep their last word or line as the response.
  const whole = shared === chosen.length || shared === rejected.length;
  const end = wordBorder(chosen, rejected, whole && chosen === rejected ? shared - 1 : shared);
  const prompt = chosen.slice(0, end);
  if (prompt.trim() === '') throw new NoPair(NOTHING_SHARED);
  const words = prompt.trim().split(/\s+/).length;
  if (words < LEAST_WORDS && !/[\n?:>\]！？：]/.test(prompt)) {
    throw new NoPair(
      `${NOTHING_SHARED} Only ${JSON.stringify(prompt.trim())} is the same, which is no prompt.`,
    );
  }
  return end;
}

const NOTHING_SHARED =
  'The row has no prompt: no column of that kind, and the two responses do not begin alike, as transcripts of one conversation do.';

function afterLast(text: string, mark: string): number {
  const at = text.lastIndexOf(mark);
  return at < 0 ? -1 : at + mark.length;
}

function commonLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** The last place up to `end` at which no word is cut in either text; before a space, as TRL cuts. */
function wordBorder(a: string, b: string, end: number): number {
  let at = end;
  while (at > 0 && (isInWord(a, at) || isInWord(b, at))) at--;
  return at > 0 && a[at - 1] === ' ' ? at - 1 : at;
}

function isInWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}_'’]/u.test(text[at - 1] ?? ' ') && /[\p{L}\p{N}_'’]/u.test(text[at] ?? ' ');
}
