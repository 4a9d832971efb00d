import { isObject, type JsonObject } from '../files/json';

/** A message of a conversation with all that its template may read, such as `tool_calls` or `reasoning_content`. */
export interface Message extends JsonObject {
  readonly role: string;
  /** Text, parts of text, or null beside tool calls. */
  readonly content?: unknown;
}

/** A row that is no pair: why, in a sentence. */
export class NoPair extends Error {
  override readonly name = 'NoPair';
}

/**
 * Messages as the field writes them: a list, one message alone, or either as JSON text; with `role` and `content`, or
 * ShareGPT's `from` and `value`. Undefined for anything else.
 *
 * @throws NoPair for a message that holds more than text, or has a role that is not known
 */
export function readMessages(value: unknown): readonly Message[] | undefined {
  if (typeof value === 'string') {
    const parsed = parsedList(value);
    return parsed === undefined ? undefined : readMessages(parsed);
  }
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (!list.every(isMessage)) return undefined;
  return list.map(toMessage);
}

/** Text of a message that a person reads; parts of text are joined. */
export function contentText({ content }: Message): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly unknown[])
    .map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('');
}

export function isSameMessage(a: Message | undefined, b: Message | undefined): boolean {
  if (a === undefined || b === undefined || a.role !== b.role) return false;
  const { content: first, ...others } = a;
  const { content: second, ...rest } = b;
  const same = first === second || JSON.stringify(first) === JSON.stringify(second);
  return same && canonical(others) === canonical(rest);
}

function canonical(value: JsonObject): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Text that is a JSON list of messages, as tables without nested columns hold it. */
function parsedList(text: string): unknown {
  if (!/^\s*(\[\s*\{|\{)\s*"/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is JsonObject {
  if (!isObject(value)) return false;
  return typeof value.role === 'string' ? 'content' in value || 'tool_calls' in value : isShareGpt(value);
}

function isShareGpt(value: JsonObject): boolean {
  return typeof value.from === 'string' && typeof value.value === 'string';
}

function toMessage(value: JsonObject): Message {
  if (typeof value.role !== 'string') return fromShareGpt(value);
  // Tables give each message all keys of all messages, null where it has none.
  const kept = Object.entries(value).filter(([key, entry]) => key === 'content' || (entry ?? null) !== null);
  const message = Object.fromEntries(kept) as Message & JsonObject;
  refuseMedia(message);
  return message;
}

const SHAREGPT_ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  chatgpt: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
  model: 'assistant',
  system: 'system',
  observation: 'tool',
  tool: 'tool',
};

function fromShareGpt({ from, value }: JsonObject): Message {
  const name = String(from).toLowerCase();
  const text = String(value);
  if (name === 'function_call') return toolCall(text);
  const role = Object.hasOwn(SHAREGPT_ROLES, name) ? SHAREGPT_ROLES[name] : undefined;
  if (role === undefined) {
    throw new NoPair(
      `A message comes from ${JSON.stringify(from)}, which is no role that is known: human, gpt, system, function_call and observation are.`,
    );
  }
  return { role, content: text };
}

function toolCall(text: string): Message {
  const value = parsedJson(text);
  const calls = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((call) => {
    if (!isObject(call) || typeof call.name !== 'string') {
      throw new NoPair('A function_call message holds no JSON with name and arguments.');
    }
    return { type: 'function', function: { name: call.name, arguments: call.arguments ?? {} } };
  });
  return { role: 'assistant', content: '', tool_calls: calls };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MEDIA: Readonly<Record<string, string>> = {
  image: 'an image',
  image_url: 'an image',
  input_image: 'an image',
  audio: 'audio',
  audio_url: 'audio',
  input_audio: 'audio',
  video: 'a video',
  video_url: 'a video',
};

function refuseMedia({ content }: Message): void {
  if (!Array.isArray(content)) return;
  for (const part of content as readonly unknown[]) {
    const type = isObject(part) ? String(part.type) : '';
    if (Object.hasOwn(MEDIA, type)) {
      throw new NoPair(`A message holds ${MEDIA[type]}; only text is trained here. Leave such rows out.`);
    }
    if (typeof part !== 'string' && !(isObject(part) && typeof part.text === 'string')) {
      throw new NoPair('A message holds a content part that is no text; only text is trained here.');
    }
  }
}
