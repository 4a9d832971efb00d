import { describe, expect, it } from 'vitest';
import { affordablePairs, samplePairs } from '../../src/trainer/inspect/sample';
import { tokenPieces } from '../../src/trainer/inspect/token-pieces';
import { loaded, openFixture, text } from './support/data';

describe('the text of each token', () => {
  const TEXT = ' Größe: 日本 🦆🏳️‍🌈\n\n  two  spaces\tand a tab.';

  it.each(['byte-level', 'split', 'byte-fallback'] as const)('adds up to the response, %s', async (name) => {
    const tokenizer = await openFixture(name);
    const prompt = tokenizer.encode('Say it:');
    const response = tokenizer.encode(TEXT);
    const sequence = { tokens: [...prompt, ...response], promptLength: prompt.length };
    const pieces = tokenPieces(sequence, tokenizer);
    expect(pieces).toHaveLength(response.length);
    const whole = tokenizer.decode(sequence.tokens).slice(tokenizer.decode(prompt).length);
    expect(pieces.join('')).toBe(whole);
    // Within a character of several tokens all but the last are empty.
    expect(pieces.filter((piece) => piece.includes('\uFFFD'))).toEqual([]);
  });

  it('is empty where there are no tokens', async () => {
    const tokenizer = await openFixture('split');
    expect(tokenPieces({ tokens: [5], promptLength: 1 }, tokenizer)).toEqual([]);
  });
});

describe('the pairs that are listed', () => {
  const pairs = (count: number) =>
    loaded(...Array.from({ length: count }, (_, index) => text('p', `a${index}`, `b${index}`)));

  it('are half held-out ones, the same each time, in the order of the data', () => {
    const sample = samplePairs({ train: pairs(100), eval: pairs(50) }, 20);
    expect(sample.filter(({ split }) => split === 'eval')).toHaveLength(10);
    expect(sample).toEqual(samplePairs({ train: pairs(100), eval: pairs(50) }, 20));
    const rows = sample.filter(({ split }) => split === 'train').map((pair) => pair.loaded.row);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  });

  it('are all of what there is, where one part is small', () => {
    const counts = (train: number, held: number) => {
      const sample = samplePairs({ train: pairs(train), eval: pairs(held) }, 20);
      const ofEval = sample.filter(({ split }) => split === 'eval').length;
      return [sample.length - ofEval, ofEval];
    };
    expect(counts(100, 0)).toEqual([20, 0]);
    expect(counts(100, 3)).toEqual([17, 3]);
    expect(counts(4, 100)).toEqual([4, 16]);
    expect(counts(4, 3)).toEqual([4, 3]);
  });

  it('are fewer where a model is large, and still some', () => {
    const pairs = (parameters: number, provider: 'cpu' | 'cuda') =>
      affordablePairs(90_000, parameters, { provider });
    expect(pairs(93_000, 'cpu')).toBe(256);
    expect(pairs(135e6, 'cpu')).toBe(105);
    expect(pairs(135e6, 'cuda')).toBe(256);
    expect(pairs(7e9, 'cpu')).toBe(32);
  });
});
