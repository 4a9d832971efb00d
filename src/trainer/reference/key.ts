import { createHash } from 'node:crypto';
import type { Config } from '../../core/config/config';
import type { ReferenceIngredients } from '../../core/reference/reference-format';
import type { TokenizedPair } from '../data/tokenize-pairs';

type Settings = Pick<
  Config,
  'model.adapter' | 'reference.policy' | 'reference.adapter' | 'reference.score' | 'reference.dtype'
>;

type KeyPair = Pick<TokenizedPair, 'id' | 'chosen' | 'rejected'>;

/**
 * What the table of a config depends on.
 *
 * @param pairs as the reference sees them
 */
export function ingredientsOf(
  config: Settings,
  reference: { readonly model: { identity: string }; readonly tokenizer: { endToken: number } },
  pairs: readonly KeyPair[],
): ReferenceIngredients {
  const adapter = config['reference.policy'] === 'same' ? 'model.adapter' : 'reference.adapter';
  return {
    adapter: config[adapter] ?? null,
    dtype: config['reference.dtype'],
    end_token: reference.tokenizer.endToken,
    model: reference.model.identity,
    score: config['reference.score'],
    tokens: sha256([...new Set(pairs.map(lineOf))].sort().join('\n')),
  };
}

function lineOf({ id, chosen, rejected }: KeyPair): string {
  const numbers = [chosen, rejected].flatMap(({ tokens, promptLength }) => [
    promptLength,
    tokens.length,
    ...tokens,
  ]);
  const bytes = new Uint8Array(new Uint32Array(numbers).buffer);
  return `${id} ${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The name of the table's folder. */
export function referenceKey(ingredients: ReferenceIngredients): string {
  const sorted = Object.entries(ingredients).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify(Object.fromEntries(sorted)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
