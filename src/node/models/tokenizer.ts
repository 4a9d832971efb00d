import { join } from 'node:path';
import type { Tokenizer } from '@huggingface/tokenizers';
import type { Message } from '../data/pairs';
import type { JsonObject } from '../files/json';
import { refusedPath, resolvePath } from '../files/paths';
import { present } from '../files/present';
import { FileError, fileError, readJsonObject, readTextFile } from '../files/text-files';
import { renderer } from '../templates/renderer';
import { problemText, type Rendered } from '../templates/rendering';
import { readTokenizerConfig, TOKENIZER_CONFIG_FILES, type TokenizerConfig } from './tokenizer-config';
import { buildTokenizer } from './tokenizer-library';

/** Files that a tokenizer is read from. */
export const TOKENIZER_FILES: readonly string[] = [
  'tokenizer.json',
  'generation_config.json',
  ...TOKENIZER_CONFIG_FILES,
];

export interface ModelTokenizer {
  readonly config: TokenizerConfig;
  /** Token ids of a text, without tokens that the tokenizer adds itself. */
  encode(text: string): readonly number[];
  /** How many tokens the tokenizer adds before a text, such as the begin-of-sequence token. */
  readonly addedBefore: number;
  /** Tokens that end a generated text: the end-of-sequence token, and what generation_config.json adds. */
  readonly stopTokens: readonly string[];
}

/**
 * The tokenizer of a model folder.
 *
 * @throws FileError where tokenizer.json is missing, broken or of a kind that the library does not know
 */
export async function loadTokenizer(folder: string): Promise<ModelTokenizer> {
  const { library, config, generation } = await readTokenizer(folder);
  const stops = [generation.eos_token_id].flat().map((id) => library.id_to_token(Number(id)));
  return {
    config,
    encode: (text) => library.encode(text, { add_special_tokens: false }).ids,
    addedBefore: countAddedBefore(library, config.eosToken),
    stopTokens: [...new Set([config.eosToken, ...stops])].filter((token) => token !== undefined),
  };
}

/** What a model folder says of its tokenizer. */
interface TokenizerFiles {
  readonly library: Tokenizer;
  readonly config: TokenizerConfig;
  /** generation_config.json; empty where it is missing. */
  readonly generation: JsonObject;
}

/** @throws FileError as `loadTokenizer` */
export async function readTokenizer(folder: string): Promise<TokenizerFiles> {
  const path = join(folder, 'tokenizer.json');
  const [json, generation, config] = await Promise.all([
    readJsonObject(path),
    readJsonObject(join(folder, 'generation_config.json')).catch((): JsonObject => ({})),
    readTokenizerConfig(folder),
  ]);
  return { library: buildTokenizer(path, json, config), config, generation };
}

/** An empty text shows what the tokenizer adds; an end-of-sequence token among it comes after the text. */
function countAddedBefore(tokenizer: Tokenizer, eosToken: string | undefined): number {
  const { tokens } = tokenizer.encode('');
  return tokens.at(-1) === eosToken ? tokens.length - 1 : tokens.length;
}

/** Messages to write, up to where the next message of the model begins (`answer`), or to the end of the last one. */
export interface Conversation {
  readonly messages: readonly Message[];
  readonly until: 'answer' | 'end';
  /** Descriptions of tools. */
  readonly tools?: readonly unknown[];
  /** More that the template reads: `chat_template_kwargs`. */
  readonly kwargs?: JsonObject;
}

/** Writes conversations as the text that the model was trained on, or says why the template refuses one. Never rejects. */
export type Render = (conversations: readonly Conversation[]) => Promise<readonly Rendered[]>;

/** A chat template cannot be read, is no Jinja, or breaks a limit. */
export class TemplateRefused extends FileError {}

/** A chat template, and what messages call it. */
interface ChatTemplate {
  /** Jinja. */
  readonly text: string;
  readonly name: string;
}

/**
 * The template that `data.chat_template` asks for: `auto`, `none`, or a file. Undefined where there is none.
 *
 * @throws TemplateRefused where the file cannot be read
 */
export async function findTemplate(
  asked: string,
  baseFolder: string,
  config: TokenizerConfig,
): Promise<ChatTemplate | undefined> {
  if (asked === 'none') return undefined;
  if (asked === 'auto') {
    const text = config.chatTemplate;
    return text === undefined ? undefined : { text, name: 'The chat template of the tokenizer' };
  }
  const refusal = refusedPath(asked);
  if (refusal) throw new TemplateRefused(refusal);
  const path = resolvePath(asked, baseFolder);
  const text = await readTextFile(path).catch((error: unknown) => {
    throw new TemplateRefused(fileError(error, path).message);
  });
  return { text, name: path };
}

/**
 * The template is rendered in a process of its own: it is a program of a stranger. It sees what transformers' templates
 * see: the special tokens that the tokenizer has, the messages with all their keys, and the tools.
 *
 * @param date what the template writes where it writes the date, such as 2026-12-01; else today
 * @throws TemplateRefused where the template is not valid
 */
export async function compileTemplate(
  { text, name }: ChatTemplate,
  config: TokenizerConfig,
  date?: string,
): Promise<Render> {
  const source = { text, now: date === undefined ? today() : new Date(`${date}T00:00:00Z`) };
  const broken = await renderer.check(source);
  if (broken) {
    throw new TemplateRefused(
      `${name} is not a valid chat template: ${problemText(broken)}. Fix it or name another.`,
    );
  }
  const tokens = present({
    bos_token: config.bosToken,
    eos_token: config.eosToken,
    pad_token: config.padToken,
    unk_token: config.unkToken,
  });
  return async (conversations) => {
    const values = conversations.map(({ messages, until, tools, kwargs }) => ({
      ...tokens,
      documents: null,
      ...kwargs,
      messages,
      tools: tools ?? null,
      add_generation_prompt: until === 'answer',
    }));
    return (await renderer.render(source, values)).results;
  };
}

/** Whether a template asks for the date. */
export function writesDate(text: string): boolean {
  return text.includes('strftime_now');
}

/** The day of a moment where this process runs, such as 2026-12-01. */
export function dayOf(milliseconds: number): string {
  return wallTime(milliseconds).toISOString().slice(0, 10);
}

function today(): Date {
  return new Date(`${dayOf(Date.now())}T00:00:00Z`);
}

/** What a clock on the wall shows, as the UTC fields of a date. */
function wallTime(milliseconds: number): Date {
  return new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
}
