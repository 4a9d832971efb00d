import { join } from 'node:path';
import { isObject } from '../../node/files/json';
import { readJsonObject } from '../../node/files/text-files';

/**
 * Share of the policy's vocabulary, the added tokens included, that the reference has too: the same strings, whatever
 * their numbers. From 0 to 1; undefined where a tokenizer.json lists no vocabulary.
 *
 * @param policy folder of a model
 * @throws FileError where a tokenizer.json cannot be read
 */
export async function vocabularyOverlap(policy: string, reference: string): Promise<number | undefined> {
  const [ours, theirs] = await Promise.all([readVocabulary(policy), readVocabulary(reference)]);
  if (ours.size === 0 || theirs.size === 0) return undefined;
  return [...ours].filter((token) => theirs.has(token)).length / ours.size;
}

async function readVocabulary(folder: string): Promise<ReadonlySet<string>> {
  const json = await readJsonObject(join(folder, 'tokenizer.json'));
  const vocabulary = isObject(json.model) ? json.model.vocab : undefined;
  // An object of numbers by token, or, in Unigram models, a list of tokens with their scores.
  const tokens = Array.isArray(vocabulary)
    ? vocabulary.map((entry: unknown) =>
        Array.isArray(entry) ? (entry as readonly unknown[])[0] : undefined,
      )
    : isObject(vocabulary)
      ? Object.keys(vocabulary)
      : [];
  const added = Array.isArray(json.added_tokens) ? json.added_tokens : [];
  const contents = added.map((entry: unknown) => (isObject(entry) ? entry.content : undefined));
  return new Set([...tokens, ...contents].filter((token) => typeof token === 'string'));
}
