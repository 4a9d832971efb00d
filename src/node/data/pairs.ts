import type { DataQuery } from '../../core/facts';
import { isObject, type JsonObject } from '../files/json';

export interface Message {
  readonly role: string;
  readonly content: string;
}

/** A preference pair: what follows the prompt is the response, and the two responses are compared. */
export type Pair = TextPair | MessagePair;

export interface TextPair {
  /** Transcripts had no prompt column: the prompt is their common beginning. */
  readonly format: 'strings' | 'transcripts';
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

export interface MessagePair {
  readonly format: 'messages';
  readonly prompt: readonly Message[];
  readonly chosen: readonly Message[];
  readonly rejected: readonly Message[];
}

/** Names of the columns that make a pair. */
export type PairColumns = DataQuery['columns'];

type PairReading = { readonly pair: Pair } | { /** A sentence. */ readonly problem: string };

/**
 * Reads a row as a preference pair. These shapes are understood:
 * - prompt, chosen and rejected as text;
 * - chosen and rejected as transcripts with the same beginning, without a prompt;
 * - chosen and rejected as message lists that begin with the same messages, or that hold the response alone beside
 *   a prompt as text or messages.
 */
export function readPair(row: JsonObject, columns: PairColumns): PairReading {
  const prompt = cell(row, columns.prompt);
  const chosen = cell(row, columns.chosen);
  const rejected = cell(row, columns.rejected);
  if (chosen === undefined) return { problem: 'The row has no chosen response.' };
  if (rejected === undefined) return { problem: 'The row has no rejected response.' };
  if (typeof chosen === 'string' && typeof rejected === 'string') {
    if (prompt === undefined) return { pair: splitTranscripts(chosen, rejected) };
    if (typeof prompt !== 'string') return { problem: 'The responses are text, but the prompt is not.' };
    return { pair: { format: 'strings', prompt, chosen, rejected } };
  }
  const [chosenMessages, rejectedMessages] = [messages(chosen), messages(rejected)];
  if (!chosenMessages || !rejectedMessages) {
    return {
      problem: 'Chosen and rejected are neither both text nor both lists of messages with role and content.',
    };
  }
  const promptMessages = prompt === undefined || typeof prompt === 'string' ? [] : messages(prompt);
  if (!promptMessages) return { problem: 'The prompt is neither text nor a list of messages.' };
  const asked = typeof prompt === 'string' ? prompt : undefined;
  return { pair: splitMessages(promptMessages, asked, chosenMessages, rejectedMessages) };
}

export function responseText(response: string | readonly Message[]): string {
  return typeof response === 'string' ? response : response.map((message) => message.content).join('\n');
}

function splitTranscripts(chosen: string, rejected: string): TextPair {
  const end = promptEnd(chosen, commonLength(chosen, rejected));
  return {
    format: 'transcripts',
    prompt: chosen.slice(0, end),
    chosen: chosen.slice(end),
    rejected: rejected.slice(end),
  };
}

const ASSISTANT_TURN = '\n\nAssistant:';

/**
 * The prompt ends after the last assistant turn begins in what both transcripts share. Transcripts in another
 * notation are cut at a line break: the first words of both responses can be the same too.
 */
function promptEnd(text: string, shared: number): number {
  const beginning = text.slice(0, shared);
  const turn = beginning.lastIndexOf(ASSISTANT_TURN);
  return turn >= 0 ? turn + ASSISTANT_TURN.length : beginning.lastIndexOf('\n') + 1;
}

function commonLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/**
 * A text prompt beside message lists repeats their first question, or is the only question where they begin with the
 * answer. A message prompt can be repeated at the beginning of the lists, too.
 */
function splitMessages(
  prompt: readonly Message[],
  asked: string | undefined,
  chosen: readonly Message[],
  rejected: readonly Message[],
): MessagePair {
  const before = prompt.length;
  const repeats = startsWith(chosen, prompt) && startsWith(rejected, prompt);
  const skipped = repeats ? before : 0;
  const shared = before > 0 ? [] : sharedMessages(chosen, rejected);
  const from = skipped + shared.length;
  const question: Message[] =
    asked && !shared.some(({ role }) => role === 'user') ? [{ role: 'user', content: asked }] : [];
  return {
    format: 'messages',
    prompt: [...prompt, ...shared, ...question],
    chosen: chosen.slice(from),
    rejected: rejected.slice(from),
  };
}

/** Messages that both conversations begin with; at least one is left to each as its response. */
function sharedMessages(chosen: readonly Message[], rejected: readonly Message[]): readonly Message[] {
  const limit = Math.min(chosen.length, rejected.length) - 1;
  let length = 0;
  while (length < limit && isSame(chosen[length], rejected[length])) length++;
  return chosen.slice(0, length);
}

/** A conversation that ends with its prompt has no response, so it does not count as repeating the prompt. */
function startsWith(conversation: readonly Message[], prompt: readonly Message[]): boolean {
  return (
    conversation.length > prompt.length &&
    prompt.every((message, index) => isSame(message, conversation[index]))
  );
}

function isSame(a: Message | undefined, b: Message | undefined): boolean {
  return a !== undefined && a.role === b?.role && a.content === b.content;
}

/** The row's own value; null, as parquet has it for a missing value, counts as missing. */
function cell(row: JsonObject, column: string): unknown {
  return Object.hasOwn(row, column) ? (row[column] ?? undefined) : undefined;
}

function messages(value: unknown): Message[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: Message[] = [];
  for (const entry of value as readonly unknown[]) {
    if (!isObject(entry)) return undefined;
    const { role, content } = entry;
    if (typeof role !== 'string' || typeof content !== 'string') return undefined;
    list.push({ role, content });
  }
  return list;
}
