import { BPE, Tokenizer } from '@huggingface/tokenizers';
import { isObject, type JsonObject } from '../files/json';
import { FileError, messageOf } from '../files/text-files';
import type { TokenizerConfig } from './tokenizer-config';

/**
 * The tokenizer that transformers 5 makes of a folder. Which tokens are put around a text is tokenizer.json's business:
 * `add_bos_token` in tokenizer_config.json counts for nothing beside it.
 *
 * @param path of tokenizer.json, as messages name it
 * @param json what it holds
 * @throws FileError where it is no tokenizer that the library knows
 */
export function buildTokenizer(path: string, json: JsonObject, config: TokenizerConfig): Tokenizer {
  try {
    const tokenizer = new Tokenizer(withAddedTokens(json, config), config.json);
    const { model } = tokenizer;
    if (model instanceof BPE) Object.assign(model.cache, wordCache(model.cache_capacity));
    return tokenizer;
  } catch (error) {
    throw new FileError(
      `${path} holds no tokenizer that can be read here: ${messageOf(error)}. Fetch it again, or name another model.`,
    );
  }
}

/** Tokens that the settings name are never cut, even where tokenizer.json has them as plain words. */
function withAddedTokens(json: JsonObject, config: TokenizerConfig): JsonObject {
  const vocabulary = isObject(json.model) && isObject(json.model.vocab) ? json.model.vocab : {};
  const added: readonly unknown[] = Array.isArray(json.added_tokens) ? json.added_tokens : [];
  const known = new Set(added.map((token) => (isObject(token) ? token.content : undefined)));
  const named = [config.bosToken, config.eosToken, config.padToken, config.unkToken];
  const missing = named.filter(
    (token) => token !== undefined && !known.has(token) && Object.hasOwn(vocabulary, token),
  );
  const tokens = [...new Set(missing)].map((content) => ({
    id: vocabulary[content ?? ''],
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }));
  return tokens.length === 0 ? json : { ...json, added_tokens: [...added, ...tokens] };
}

/**
 * Remembers how words are cut, in two generations of which the older is forgotten. The library's own cache moves each
 * word that it is asked for to its end, which takes a third of the time of all tokenizing.
 *
 * @param capacity words of a generation
 */
function wordCache(capacity: number): {
  get(word: string): string[] | undefined;
  put(word: string, tokens: string[]): void;
  clear(): void;
} {
  let young = new Map<string, string[]>();
  let old = new Map<string, string[]>();
  return {
    get: (word) => young.get(word) ?? old.get(word),
    put: (word, tokens) => {
      if (young.size >= capacity) [old, young] = [young, new Map()];
      young.set(word, tokens);
    },
    clear: () => {
      young = new Map();
      old = new Map();
    },
  };
}
