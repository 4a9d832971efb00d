import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import { ingredientsOf, referenceKey } from '../../src/trainer/reference/key';

const BASE = resolveConfig(check('model: ./model', 'a.dpo.yaml').experiment);
const REFERENCE = { model: { identity: 'm'.repeat(64) }, tokenizer: { endToken: 2 } };
const pair = (id: string, last = 2) => ({
  id,
  chosen: { tokens: [1, 7, last], promptLength: 1 },
  rejected: { tokens: [1, 8], promptLength: 1 },
});
const PAIRS = [pair('b'), pair('a')];

function keyOf(settings: Partial<Config> = {}, reference = REFERENCE, pairs = PAIRS): string {
  return referenceKey(ingredientsOf({ ...BASE, ...settings }, reference, pairs));
}

describe('the key of a reference table', () => {
  it('is the hash of its ingredients as another language writes them', () => {
    const numbers = Buffer.from(new Uint32Array([1, 3, 1, 7, 2, 1, 2, 1, 8]).buffer);
    const hash = createHash('sha256').update(numbers).digest('hex');
    const tokens = createHash('sha256').update(`a ${hash}\nb ${hash}`).digest('hex');
    const adapter = 'adapters/größer "1"';
    const json = `{"adapter":"adapters/größer \\"1\\"","dtype":"auto","end_token":2,"model":"${'m'.repeat(64)}","score":"conditional","tokens":"${tokens}"}`;
    expect(keyOf({ 'model.adapter': adapter })).toBe(createHash('sha256').update(json).digest('hex'));
    // From Python: hashlib.sha256(json.dumps(ingredients, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    expect(keyOf({ 'model.adapter': adapter })).toBe(
      'c5ae719f8b5b6b539eb2f4d965440b88c16743b7e2c83babe9a174cafe8688bd',
    );
  });

  it.each<[string, Partial<Config>]>([
    ['the adapter of the policy', { 'model.adapter': './adapter' }],
    ['the score', { 'reference.score': 'prior' }],
    ['the number format', { 'reference.dtype': 'bf16' }],
  ])('changes with %s', (_, settings) => {
    expect(keyOf(settings)).not.toBe(keyOf());
  });

  it('changes with the model, the end token, the pairs and each of their tokens', () => {
    const model = { ...REFERENCE, model: { identity: 'other' } };
    const tokenizer = { ...REFERENCE, tokenizer: { endToken: 3 } };
    const keys = [
      keyOf(),
      keyOf({}, model),
      keyOf({}, tokenizer),
      keyOf({}, REFERENCE, [...PAIRS, pair('c')]),
      keyOf({}, REFERENCE, [pair('b'), pair('a', 3)]),
    ];
    expect(new Set(keys).size).toBe(5);
  });

  it('asks for the adapter of the reference where that is another model', () => {
    const foreign = { 'reference.policy': './other' };
    expect(keyOf({ ...foreign, 'model.adapter': './adapter' })).toBe(keyOf(foreign));
    expect(keyOf({ ...foreign, 'reference.adapter': './adapter' })).not.toBe(keyOf(foreign));
    expect(keyOf({ 'reference.adapter': './adapter' })).toBe(keyOf());
  });

  it('does not depend on the order of pairs, on repeated ones, nor on what has no part in it', () => {
    expect(keyOf({}, REFERENCE, [pair('a'), pair('b'), pair('a')])).toBe(keyOf());
    const others: Partial<Config> = {
      'objective.beta': 0.5,
      'training.seed': 7,
      'data.eval_fraction': 0.5,
      'training.learning_rate': 1,
      'model.path': './moved',
      'data.max_length': 512,
      'data.truncation': 'keep_end',
    };
    expect(keyOf(others)).toBe(keyOf());
  });
});
