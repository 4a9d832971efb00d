import type { JsonObject } from '../../files/json';
import { type Message, NoPair, readMessages } from '../messages';
import { cell, hasColumn, textCell } from './row-values';

/** What a row says before its two responses. */
export interface PromptParts {
  readonly text?: string;
  readonly messages?: readonly Message[];
  readonly system?: string;
  /** Text becomes a user message even where nothing else needs messages. */
  readonly asMessages: boolean;
  /** Columns that it was read from. */
  readonly columns: readonly string[];
  /** Name of the layout where it has one. */
  readonly layout?: string;
}

/** Names of a prompt's column beside the one in the config, in the order they are tried. */
const QUESTIONS = ['question', 'query', 'input', 'history'] as const;
const CONVERSATIONS = ['conversations', 'conversation', 'messages'] as const;
const SYSTEMS = ['system', 'system_prompt'] as const;

/** All columns that a prompt may be read from. */
export const PROMPT_COLUMNS: readonly string[] = [...QUESTIONS, ...CONVERSATIONS, ...SYSTEMS, 'instruction'];

/**
 * The prompt of a row, found by the names of its columns: the config's, LLaMA-Factory's `instruction`, `input`, `system`
 * and `history`, a conversation that waits for its answer, or a question as Orca and distilabel name it. Undefined where
 * there is none.
 *
 * @param column `data.columns.prompt`
 * @throws NoPair where a prompt is neither text nor messages
 */
export function promptOf(row: JsonObject, column: string): PromptParts | undefined {
  const found = named(row, column) ?? instruction(row) ?? waitingConversation(row) ?? question(row, column);
  if (!found) return undefined;
  const system = SYSTEMS.find((name) => hasColumn(row, name) && isTextOrNull(row[name]));
  if (system === undefined) return found;
  return {
    ...found,
    system: textCell(row, system) ?? '',
    asMessages: true,
    columns: [...found.columns, system],
    ...(found.layout === undefined && found.columns[0] === 'question' && { layout: 'Orca' }),
  };
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function named(row: JsonObject, column: string): PromptParts | undefined {
  const value = cell(row, column);
  if (value === undefined) {
    if (column === 'prompt') return undefined;
    if (!hasColumn(row, column)) {
      throw new NoPair(`The row has no column ${column}, which data.columns.prompt names.`);
    }
    return { text: '', asMessages: false, columns: [column] };
  }
  if (column === 'instruction') return instruction(row);
  return parts(value, column);
}

function parts(value: unknown, column: string): PromptParts {
  const messages = readMessages(value);
  if (messages) return { messages, asMessages: true, columns: [column] };
  if (typeof value === 'string') return { text: value, asMessages: false, columns: [column] };
  throw new NoPair(
    `The prompt is neither text nor a list of messages: the column ${column} holds something else.`,
  );
}

/** LLaMA-Factory puts the input on a line of its own after the instruction; the history comes before both. */
function instruction(row: JsonObject): PromptParts | undefined {
  const value = cell(row, 'instruction');
  if (value === undefined) return undefined;
  const [text, input] = [textCell(row, 'instruction'), textCell(row, 'input')];
  if (text === undefined) return parts(value, 'instruction');
  const asked = [text, input].filter((part) => part !== undefined && part !== '').join('\n');
  const history = historyOf(row);
  return {
    ...(history.length > 0 ? { messages: [...history, { role: 'user', content: asked }] } : { text: asked }),
    asMessages: true,
    columns: ['instruction', 'input', 'history'].filter((name) => cell(row, name) !== undefined),
    layout: 'LLaMA-Factory',
  };
}

function historyOf(row: JsonObject): Message[] {
  const value = cell(row, 'history');
  if (value === undefined) return [];
  const turns = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return turns.flatMap((turn) => {
    const [asked, answer] = Array.isArray(turn) ? (turn as readonly unknown[]) : [];
    if (typeof asked !== 'string' || typeof answer !== 'string') {
      throw new NoPair('The history is no list of turns, each with a question and its answer.');
    }
    return [
      { role: 'user', content: asked },
      { role: 'assistant', content: answer },
    ];
  });
}

/** A conversation that ends with its answer is no prompt: it repeats one of the responses. */
function waitingConversation(row: JsonObject): PromptParts | undefined {
  for (const column of CONVERSATIONS) {
    const value = cell(row, column);
    const messages = value === undefined ? undefined : readMessages(value);
    if (messages && messages.length > 0 && messages.at(-1)?.role !== 'assistant') {
      return { messages, asMessages: true, columns: [column], layout: 'ShareGPT' };
    }
  }
  return undefined;
}

function question(row: JsonObject, named: string): PromptParts | undefined {
  const column = QUESTIONS.find((name) => name !== named && isAsked(name, cell(row, name)));
  if (column === undefined) return undefined;
  return { ...parts(row[column], column), ...(column === 'input' && { layout: 'distilabel' }) };
}

/** A history that is a list belongs to an instruction. */
function isAsked(name: string, value: unknown): boolean {
  return typeof value === 'string' || (name !== 'history' && Array.isArray(value));
}
