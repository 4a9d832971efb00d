import { join } from 'node:path';
import { isObject, type JsonObject } from '../files/json';
import { present } from '../files/present';
import { readJsonObject, readTextFile } from '../files/text-files';

/** Files that the tokenizer's settings are read from. */
export const TOKENIZER_CONFIG_FILES: readonly string[] = ['tokenizer_config.json', 'chat_template.jinja'];

export interface TokenizerConfig {
  readonly bosToken?: string;
  readonly eosToken?: string;
  readonly padToken?: string;
  readonly unkToken?: string;
  /** Jinja. */
  readonly chatTemplate?: string;
  /** All of tokenizer_config.json. */
  readonly json: JsonObject;
}

/** Settings of a model folder's tokenizer; empty where the files are missing or broken. Never throws. */
export async function readTokenizerConfig(folder: string): Promise<TokenizerConfig> {
  const json = await readJsonObject(join(folder, 'tokenizer_config.json')).catch((): JsonObject => ({}));
  // The file is the newer place and wins, as in transformers.
  const file = await readTextFile(join(folder, 'chat_template.jinja')).catch(() => undefined);
  return {
    json,
    ...present({
      bosToken: specialToken(json.bos_token),
      eosToken: specialToken(json.eos_token),
      padToken: specialToken(json.pad_token),
      unkToken: specialToken(json.unk_token),
      chatTemplate: file ?? defaultTemplate(json.chat_template),
    }),
  };
}

/** Written as a string, or as an object with details of the token. */
function specialToken(value: unknown): string | undefined {
  const text = isObject(value) ? value.content : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** One template, or a list of named ones, among which `default` is meant for conversations. */
function defaultTemplate(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const named = Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
  const chosen = named.find(({ name }) => name === 'default') ?? named[0];
  return typeof chosen?.template === 'string' ? chosen.template : undefined;
}
