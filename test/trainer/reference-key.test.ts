import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import { ingredientsOf, referenceKey } from '../../src/trainer/reference/key';

const BASE = resolveConfig(check('model: ./model', 'a.dpo.yaml').experiment);
const REFERENCE = { model: { identity: 'm'.repeat(64) }, tokenizer: { identity: 't'.repeat(64) } };
const PAIRS = ['b', 'a'];

function keyOf(
  settings: Partial<Config> = {},
  reference = REFERENCE,
  pairs: readonly string[] = PAIRS,
): string {
  return referenceKey(ingredientsOf({ ...BASE, ...settings }, reference, pairs));
}

describe('the key of a reference table', () => {
  it('is the hash of its ingredients as another language writes them', () => {
    const dataset = createHash('sha256').update('a\nb').digest('hex');
    const adapter = 'adapters/größer "1"';
    const json = `{"adapter":"adapters/größer \\"1\\"","dataset":"${dataset}","dtype":"auto","max_length":1024,"max_prompt_length":null,"model":"${'m'.repeat(64)}","score":"conditional","tokenizer":"${'t'.repeat(64)}","truncation":"keep_start"}`;
    expect(keyOf({ 'model.adapter': adapter })).toBe(createHash('sha256').update(json).digest('hex'));
    // From Python: hashlib.sha256(json.dumps(ingredients, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    expect(keyOf({ 'model.adapter': adapter })).toBe(
      '02d35c3d0da8b4655bafb7dd33cbbb0a8c50c382767062b0db3bd85abbdd504d',
    );
  });

  it.each<[string, Partial<Config>]>([
    ['the adapter of the policy', { 'model.adapter': './adapter' }],
    ['the longest sequence', { 'data.max_length': 512 }],
    ['the longest prompt', { 'data.max_prompt_length': 256 }],
    ['the truncation', { 'data.truncation': 'keep_end' }],
    ['the score', { 'reference.score': 'prior' }],
    ['the number format', { 'reference.dtype': 'bf16' }],
  ])('changes with %s', (_, settings) => {
    expect(keyOf(settings)).not.toBe(keyOf());
  });

  it('changes with the model, the tokenizer and the pairs', () => {
    const model = { ...REFERENCE, model: { identity: 'other' } };
    const tokenizer = { ...REFERENCE, tokenizer: { identity: 'other' } };
    const keys = [keyOf(), keyOf({}, model), keyOf({}, tokenizer), keyOf({}, REFERENCE, ['a', 'b', 'c'])];
    expect(new Set(keys).size).toBe(4);
  });

  it('asks for the adapter of the reference where that is another model', () => {
    const foreign = { 'reference.policy': './other' };
    expect(keyOf({ ...foreign, 'model.adapter': './adapter' })).toBe(keyOf(foreign));
    expect(keyOf({ ...foreign, 'reference.adapter': './adapter' })).not.toBe(keyOf(foreign));
    expect(keyOf({ 'reference.adapter': './adapter' })).toBe(keyOf());
  });

  it('does not depend on the order of pairs, on repeated ones, nor on what has no part in it', () => {
    expect(keyOf({}, REFERENCE, ['a', 'b', 'a'])).toBe(keyOf());
    const others: Partial<Config> = {
      'objective.beta': 0.5,
      'training.seed': 7,
      'data.eval_fraction': 0.5,
      'training.learning_rate': 1,
      'model.path': './moved',
    };
    expect(keyOf(others)).toBe(keyOf());
  });
});
