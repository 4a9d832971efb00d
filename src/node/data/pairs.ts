import type { DataLayout, DataQuery } from '../../core/facts';
import { isObject, type JsonObject } from '../files/json';
import { present } from '../files/present';
import { PROMPT_COLUMNS, type PromptParts, promptOf } from './layouts/prompt';
import { cell } from './layouts/row-values';
import { asQuestion, splitMessages } from './layouts/split-messages';
import { promptEnd } from './layouts/transcripts';
import { RESPONSE_COLUMNS, type TwoResponses, twoResponses } from './layouts/two-responses';
import { contentText, type Message, NoPair, readMessages } from './messages';

export type { Message } from './messages';

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
  /** Descriptions of tools, for the chat template. */
  readonly tools?: readonly unknown[];
  /** `chat_template_kwargs`: more that the chat template reads. */
  readonly kwargs?: JsonObject;
}

/** How rows become pairs. */
export type PairSettings = Pick<DataQuery, 'columns' | 'ranked' | 'emptyPrompts'>;

export type PairReading =
  | { readonly pair: Pair; readonly layout: DataLayout }
  | { /** A sentence. */ readonly problem: string };

/** Columns that pairs may be read from, where a file allows to read some alone. */
export function pairColumns({ prompt, chosen, rejected }: DataQuery['columns']): readonly string[] {
  return [
    ...new Set([
      prompt,
      chosen,
      rejected,
      ...PROMPT_COLUMNS,
      ...RESPONSE_COLUMNS,
      ...TOOL_COLUMNS,
      ...MEDIA_COLUMNS,
    ]),
  ];
}

const TOOL_COLUMNS = ['tools', 'chat_template_kwargs'] as const;
const MEDIA_COLUMNS = ['image', 'images', 'video', 'videos', 'audio', 'audios'] as const;

/**
 * Reads a row as a preference pair; docs/DATA.md lists the layouts that are understood. Whatever is no pair is named by
 * `problem`, never guessed.
 */
export function readPair(row: JsonObject, settings: PairSettings): PairReading {
  try {
    refuseMedia(row);
    return hosted(row) ?? fromColumns(row, settings);
  } catch (error) {
    if (error instanceof NoPair) return { problem: error.message };
    throw error;
  }
}

/** Text of a response as a person reads it. */
export function responseText(response: string | readonly Message[]): string {
  return typeof response === 'string' ? response : response.map(contentText).join('\n');
}

/** A response of tool calls alone is none. */
export function isEmptyResponse(response: Pair['chosen']): boolean {
  if (responseText(response).trim() !== '') return false;
  return (
    typeof response === 'string' ||
    !response.some(({ tool_calls: calls }) => Array.isArray(calls) && calls.length > 0)
  );
}

export function isEmptyPrompt({ prompt }: Pair): boolean {
  return typeof prompt === 'string'
    ? prompt.trim() === ''
    : !prompt.some((message) => message.role !== 'system' && !isEmptyResponse([message]));
}

export function isIdentical({ chosen, rejected }: Pair): boolean {
  return JSON.stringify(chosen) === JSON.stringify(rejected);
}

function refuseMedia(row: JsonObject): void {
  const column = MEDIA_COLUMNS.find((name) => {
    const value = cell(row, name);
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  });
  if (column !== undefined) {
    throw new NoPair(`The row holds ${column}; only text is trained here. Leave such rows out.`);
  }
}

/** The format of hosted APIs: a conversation with its tools in `input`, and both answers as messages. */
function hosted(row: JsonObject): PairReading | undefined {
  const input = cell(row, 'input');
  const [chosen, rejected] = ['preferred_output', 'non_preferred_output'].map((name) => cell(row, name));
  if (!isObject(input) || chosen === undefined || rejected === undefined) return undefined;
  const prompt = readMessages(input.messages);
  const [better, worse] = [readMessages(chosen), readMessages(rejected)];
  if (!prompt || !better || !worse) {
    throw new NoPair(
      'The row has input, preferred_output and non_preferred_output, but not messages in all of them.',
    );
  }
  return {
    pair: { format: 'messages', ...splitMessages(prompt, undefined, better, worse), ...toolsOf(input) },
    layout: { name: 'hosted API', columns: ['input', 'preferred_output', 'non_preferred_output'] },
  };
}

function fromColumns(row: JsonObject, settings: PairSettings): PairReading {
  const responses = twoResponses(row, settings.columns, settings.ranked ?? 'refuse');
  const prompt = promptOf(row, settings.columns.prompt);
  const [chosen, rejected] = [readMessages(responses.chosen), readMessages(responses.rejected)];
  const layout = (format: Pair['format']): DataLayout => layoutOf(responses, prompt, format, settings);
  if (chosen && rejected) {
    const { before, asked } = beforeResponses(prompt);
    const pair: MessagePair = {
      format: 'messages',
      ...splitMessages(before, asked, chosen, rejected),
      ...toolsOf(row),
    };
    const isOneSided = chosen.length === 0 || rejected.length === 0;
    if (pair.prompt.length === 0 && !isOneSided && !settings.emptyPrompts) {
      throw new NoPair(
        'The row has no prompt: no column of that kind, and its two conversations do not begin alike.',
      );
    }
    return {
      pair,
      layout: { ...layout('messages'), ...(isShareGpt(responses.chosen) && { name: 'ShareGPT' }) },
    };
  }
  if (typeof responses.chosen !== 'string' || typeof responses.rejected !== 'string' || chosen || rejected) {
    throw new NoPair('Chosen and rejected are neither both text nor both messages with role and content.');
  }
  const pair = textPair(row, prompt, responses.chosen, responses.rejected, settings);
  return { pair, layout: layout(pair.format) };
}

function isShareGpt(value: unknown): boolean {
  const [first] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return isObject(first) && !('role' in first);
}

function layoutOf(
  { columns, layout }: TwoResponses,
  prompt: PromptParts | undefined,
  format: Pair['format'],
  settings: PairSettings,
): DataLayout {
  const column = prompt?.columns[0];
  const standard = { strings: 'text', messages: 'messages', transcripts: 'transcripts' }[format];
  return {
    name: prompt?.layout ?? layout ?? standard,
    columns: [...(prompt?.columns ?? []), ...columns],
    ...present({ promptColumn: column === settings.columns.prompt ? undefined : column }),
  };
}

function textPair(
  row: JsonObject,
  prompt: PromptParts | undefined,
  chosen: string,
  rejected: string,
  { emptyPrompts }: PairSettings,
): Pair {
  if (!prompt) {
    if (emptyPrompts) return { format: 'strings', prompt: '', chosen, rejected };
    const end = promptEnd(chosen, rejected);
    return {
      format: 'transcripts',
      prompt: chosen.slice(0, end),
      chosen: chosen.slice(end),
      rejected: rejected.slice(end),
    };
  }
  const tools = toolsOf(row);
  if (prompt.text !== undefined && !prompt.asMessages && tools.tools === undefined) {
    return { format: 'strings', prompt: prompt.text, ...withoutRepetition(prompt.text, chosen, rejected) };
  }
  const { before, asked } = beforeResponses(prompt);
  const answers = withoutRepetition(prompt.text ?? '', chosen, rejected);
  const answer = (content: string): Message[] => [{ role: 'assistant', content }];
  return {
    format: 'messages',
    prompt: [...before, ...asQuestion(asked)],
    chosen: answer(answers.chosen),
    rejected: answer(answers.rejected),
    ...tools,
  };
}

/** Responses that both repeat the whole question lose it, also where its white space is another. */
function withoutRepetition(
  prompt: string,
  chosen: string,
  rejected: string,
): { readonly chosen: string; readonly rejected: string } {
  const words = prompt.trim().split(/\s+/);
  const isNew = (text: string): boolean => !text.trimStart().startsWith(words[0] ?? '');
  if (words.length < LEAST_REPEATED || isNew(chosen) || isNew(rejected)) return { chosen, rejected };
  const repeated = new RegExp(`^\\s*${words.map(escaped).join('\\s+')}(?=\\s)`);
  const [first, second] = [chosen, rejected].map((text) => repeated.exec(text)?.[0].length);
  if (first === undefined || second === undefined) return { chosen, rejected };
  const rest = (text: string, at: number): string =>
    /\s$/.test(prompt) ? text.slice(at).trimStart() : text.slice(at);
  return { chosen: rest(chosen, first), rejected: rest(rejected, second) };
}

/** Words of a question; fewer can begin an answer by chance. */
const LEAST_REPEATED = 3;

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function beforeResponses(prompt: PromptParts | undefined): {
  readonly before: readonly Message[];
  readonly asked: string | undefined;
} {
  const messages = prompt?.messages ?? [];
  const system = prompt?.system ? [{ role: 'system', content: prompt.system }] : [];
  const before = messages[0]?.role === 'system' ? messages : [...system, ...messages];
  return { before, asked: prompt?.text };
}

/** Tools are a list, or one as JSON text. */
function toolsOf(row: JsonObject): Pick<MessagePair, 'tools' | 'kwargs'> {
  const given = cell(row, 'tools');
  const tools = typeof given === 'string' ? parsed(given) : given;
  const kwargs = cell(row, 'chat_template_kwargs');
  return present({
    tools: Array.isArray(tools) && tools.length > 0 ? (tools as readonly unknown[]) : undefined,
    kwargs: isObject(kwargs) && Object.keys(kwargs).length > 0 ? kwargs : undefined,
  });
}

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new NoPair('The column tools holds text that is no JSON.');
  }
}
