import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import type { Tokenizer } from '@huggingface/tokenizers';
import type { Message } from '../data/pairs';
import type { JsonObject } from '../files/json';
import { refusedPath, resolvePath } from '../files/paths';
import { FileError, messageOf, readJsonObject, readTextFile } from '../files/text-files';
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

/**
 * Writes messages as the text that the model was trained on: up to where its next message begins (`answer`), or to
 * the end of the last message.
 *
 * @throws an Error where the template rejects the messages, for example because roles do not alternate
 */
export type Render = (messages: readonly Message[], until: 'answer' | 'end') => string;

/** A chat template, and what messages call it. */
interface ChatTemplate {
  /** Jinja. */
  readonly text: string;
  readonly name: string;
}

/**
 * The template that `data.chat_template` asks for: `auto`, `none`, or a file. Undefined where there is none.
 *
 * @throws FileError where the file cannot be read
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
  if (refusal) throw new FileError(refusal);
  const path = resolvePath(asked, baseFolder);
  return { text: await readTextFile(path), name: path };
}

/**
 * @throws FileError where the template is not valid
 */
export function compileTemplate({ text, name }: ChatTemplate, config: TokenizerConfig): Render {
  try {
    const template = new Template(text);
    return (messages, until) =>
      template.render({
        bos_token: config.bosToken ?? '',
        eos_token: config.eosToken ?? '',
        pad_token: config.padToken ?? '',
        unk_token: config.unkToken ?? '',
        messages,
        add_generation_prompt: until === 'answer',
        tools: null,
        documents: null,
      });
  } catch (error) {
    throw new FileError(
      `${name} is not a valid chat template: ${messageOf(error)}. Mend it or name another.`,
    );
  }
}
