import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokenizer } from '@huggingface/tokenizers';
import type { JsonObject } from '../../node/files/json';
import { exists } from '../../node/files/paths';
import { present } from '../../node/files/present';
import {
  compileTemplate,
  dayOf,
  findTemplate,
  type Render,
  readTokenizer,
  writesDate,
} from '../../node/models/tokenizer';
import type { OpenModel } from '../models/opened-model';
import type { Place } from '../models/place';
import { TrainingError } from '../training-error';

export interface TrainingTokenizer {
  /** Tokens of a text in which a chat template wrote all special tokens. */
  encode(text: string): readonly number[];
  /** Tokens of plain text, with what the tokenizer itself puts around it, such as the begin-of-sequence token. */
  encodePlain(text: string): readonly number[];
  /**
   * The text of tokens, to the letter: characters whose bytes lie in several tokens are put together, and no spaces are
   * tidied up. Ids beyond the tokenizer's vocabulary have no text.
   */
  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  /** The end-of-sequence token. */
  readonly endToken: number;
  readonly endText: string;
  /** Generation stops at any of them. */
  readonly endTokens: ReadonlySet<number>;
  /** The begin-of-sequence token, whether or not the tokenizer puts it before a text itself. */
  readonly beginToken?: number;
  /** The chat template. */
  readonly render?: Render;
  /** Messages are joined as they are, because the config asks for no template. */
  readonly joinsMessages: boolean;
  /** SHA-256 of everything that decides over tokens: tokenizer.json, special tokens, chat template. */
  readonly identity: string;
}

/** What a tokenizer is asked about its model. */
export type TokenizerHome = Pick<OpenModel, 'name' | 'folder' | 'config' | 'configJson'>;

/**
 * The tokenizer of a model. The end-of-sequence token is the one that tokenizer_config.json names, else the first
 * `eos_token_id` of config.json.
 *
 * @param chatTemplate `data.chat_template`: `auto`, `none`, or a Jinja file
 * @throws TrainingError where there is no tokenizer.json or no end-of-sequence token. Encoding throws one where a token
 *   is none of the model's.
 * @throws FileError where a file is broken
 */
export async function openTokenizer(
  model: TokenizerHome,
  chatTemplate: string,
  place: Place,
): Promise<TrainingTokenizer> {
  const path = join(model.folder, 'tokenizer.json');
  if (!(await exists(path))) {
    throw new TrainingError(
      `${model.name} has no tokenizer.json. Load its tokenizer with transformers' AutoTokenizer and save it into ${model.folder} with save_pretrained.`,
    );
  }
  const { library, config, generation } = await readTokenizer(model.folder);
  const template = await findTemplate(chatTemplate, place.baseFolder, config);
  const end = endOf(model, library, config.eosToken);
  const beginToken = tokenOf(library, config.bosToken) ?? knownIds(library, model.configJson.bos_token_id)[0];
  const endTokens = [model.configJson, generation].flatMap((json) => knownIds(library, json.eos_token_id));
  const { vocabularySize } = model.config;
  const encode = (text: string, add_special_tokens: boolean): readonly number[] => {
    const { ids, tokens } = library.encode(text, { add_special_tokens });
    const outside = ids.findIndex((id) => !(id < vocabularySize));
    if (outside >= 0) throw foreignToken(model, tokens[outside], ids[outside]);
    return ids;
  };
  return {
    encode: (text) => encode(text, false),
    encodePlain: (text) => encode(text, true),
    decode: (ids, { skipSpecial = false } = {}) => decode(library, ids, skipSpecial),
    endToken: end.id,
    endText: end.text,
    endTokens: new Set([end.id, ...endTokens]),
    joinsMessages: chatTemplate === 'none',
    ...present({ beginToken, render: template && (await compileTemplate(template, config, place.date)) }),
    identity: sha256(
      JSON.stringify([
        sha256(await readFile(path)),
        template?.text ?? null,
        encode('', true),
        end.id,
        beginToken ?? null,
        ...(template && writesDate(template.text) ? [place.date ?? dayOf(Date.now())] : []),
      ]),
    ),
  };
}

function endOf(
  model: TokenizerHome,
  library: Tokenizer,
  named: string | undefined,
): { readonly id: number; readonly text: string } {
  const id = tokenOf(library, named) ?? knownIds(library, model.configJson.eos_token_id)[0];
  const text = id === undefined ? undefined : library.id_to_token(id);
  if (id === undefined || text === undefined) {
    const missing = named === undefined ? '' : ` (${named} is not in its vocabulary)`;
    throw new TrainingError(
      `The tokenizer of ${model.name} has no end-of-sequence token${missing}, so responses could not end. Name it as eos_token in ${join(model.folder, 'tokenizer_config.json')}.`,
    );
  }
  if (id >= model.config.vocabularySize) throw foreignToken(model, text, id);
  return { id, text };
}

function tokenOf(library: Tokenizer, token: string | undefined): number | undefined {
  return token === undefined ? undefined : library.token_to_id(token);
}

/** Ids of a config: one, a list, or none. */
function knownIds(library: Tokenizer, value: JsonObject[string]): number[] {
  return [value]
    .flat()
    .filter((id): id is number => typeof id === 'number' && library.id_to_token(id) !== undefined);
}

function decode(library: Tokenizer, ids: readonly number[], skipSpecial: boolean): string {
  const known = ids.filter((id) => library.id_to_token(id) !== undefined);
  if (known.length === 0) return '';
  return library.decode(known, { skip_special_tokens: skipSpecial, clean_up_tokenization_spaces: false });
}

function foreignToken(
  { name, config }: TokenizerHome,
  token: string | undefined,
  id: number | undefined,
): TrainingError {
  return new TrainingError(
    `The tokenizer of ${name} makes the token ${JSON.stringify(token ?? '')} with id ${id}, but the model's embedding has ids up to ${config.vocabularySize - 1} only. Take the tokenizer that belongs to the model, or resize its embedding with resize_token_embeddings.`,
  );
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
