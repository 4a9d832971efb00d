import { createHash } from 'node:crypto';
import type { Config } from '../../core/config/config';
import type { ReferenceIngredients } from '../../core/reference/reference-format';

type Settings = Pick<
  Config,
  | 'model.adapter'
  | 'reference.policy'
  | 'reference.adapter'
  | 'reference.score'
  | 'reference.dtype'
  | 'data.max_length'
  | 'data.max_prompt_length'
  | 'data.truncation'
>;

/** What the table of a config depends on. */
export function ingredientsOf(
  config: Settings,
  reference: { readonly model: { identity: string }; readonly tokenizer: { identity: string } },
  pairIds: readonly string[],
): ReferenceIngredients {
  const adapter = config['reference.policy'] === 'same' ? 'model.adapter' : 'reference.adapter';
  return {
    adapter: config[adapter] ?? null,
    dataset: sha256([...new Set(pairIds)].sort().join('\n')),
    dtype: config['reference.dtype'],
    max_length: config['data.max_length'],
    max_prompt_length: config['data.max_prompt_length'] ?? null,
    model: reference.model.identity,
    score: config['reference.score'],
    tokenizer: reference.tokenizer.identity,
    truncation: config['data.truncation'],
  };
}

/** The name of the table's folder. */
export function referenceKey(ingredients: ReferenceIngredients): string {
  const sorted = Object.entries(ingredients).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify(Object.fromEntries(sorted)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
