import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import type { JsonObject } from './json';
import type { Message } from './pairs';
import { FileError, messageOf, readJsonObject } from './text-files';
import { readTokenizerConfig, TOKENIZER_CONFIG_FILES, type TokenizerConfig } from './tokenizer-config';

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
  const path = join(folder, 'tokenizer.json');
  const [json, generation, config] = await Promise.all([
    readJsonObject(path),
    readJsonObject(join(folder, 'generation_config.json')).catch((): JsonObject => ({})),
    readTokenizerConfig(folder),
  ]);
  const tokenizer = buildTokenizer(path, json, config.json);
  const stops = [generation.eos_token_id].flat().map((id) => tokenizer.id_to_token(Number(id)));
  return {
    config,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    addedBefore: countAddedBefore(tokenizer, config.eosToken),
    stopTokens: [...new Set([config.eosToken, ...stops])].filter((token) => token !== undefined),
  };
}

function buildTokenizer(path: string, json: JsonObject, config: JsonObject): Tokenizer {
  try {
    return new Tokenizer(json, config);
  } catch (error) {
    throw new FileError(
      `${path} holds no tokenizer that can be read here: ${messageOf(error)}. Tokens are not counted.`,
    );
  }
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

/**
 * @param text Jinja
 * @param name the template as messages name it
 * @throws FileError where the template is not valid
 */
export function compileTemplate(text: string, name: string, config: TokenizerConfig): Render {
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
