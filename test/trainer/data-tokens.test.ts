import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TokenSequence } from '../../src/engine/batch';
import { pairId } from '../../src/node/data/pair-id';
import { readPair } from '../../src/node/data/pairs';
import { isObject } from '../../src/node/files/json';
import type { LoadedPair } from '../../src/trainer/data/loaded-pair';
import { tokenizePairs } from '../../src/trainer/data/tokenize-pairs';
import { COLUMNS } from '../node/support';
import { openFixture } from './support/data';

/** What the collator of TRL leaves of a side. */
interface Side {
  readonly tokens: readonly number[];
  /** 1 for tokens of the response. */
  readonly mask: readonly number[];
}
interface Recorded {
  readonly prompt: readonly number[];
  readonly chosen: readonly number[];
  readonly rejected: readonly number[];
  readonly keep_start: { readonly chosen: Side; readonly rejected: Side } | null;
  readonly keep_end: { readonly chosen: Side; readonly rejected: Side };
}

interface Row {
  readonly prompt: unknown;
  readonly chosen: string;
  readonly rejected: unknown;
}
interface RecordedTokens {
  readonly max_length: number;
  readonly ids: readonly string[];
  readonly tokenizers: Readonly<
    Record<
      (typeof KINDS)[number],
      Readonly<Record<(typeof SHAPES)[number], readonly Recorded[]>> & {
        readonly decoded: readonly string[];
        readonly without_special: readonly string[];
      }
    >
  >;
}

const fixture = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, 'fixtures', name), 'utf8');
const recorded = JSON.parse(fixture('tokens.json')) as RecordedTokens;
const recordedPairs = JSON.parse(fixture('pairs.json')) as Record<'texts' | 'messages' | 'odd', Row[]>;

const KINDS = ['byte-level', 'split', 'byte-fallback'] as const;
const SHAPES = ['texts', 'messages'] as const;
const WIDE = { maxLength: 4096, truncation: 'keep_start', score: 'conditional' } as const;

/** In TRL too, nothing predicts the first token of a sequence, so it is not scored whatever the mask says. */
const sequence = ({ tokens, mask }: Side): TokenSequence => ({
  tokens,
  promptLength: Math.max(1, mask.filter((value) => value === 0).length),
});
const pairsOf = (shape: (typeof SHAPES)[number]): LoadedPair[] => recordedPairs[shape].map(toPair);

function toPair(row: unknown, index: number): LoadedPair {
  const reading = readPair(isObject(row) ? row : {}, { columns: COLUMNS });
  if (!('pair' in reading)) throw new Error(reading.problem);
  return { id: pairId(reading.pair), row: index + 1, pair: reading.pair };
}

describe.each(KINDS)('tokens of a %s tokenizer are those of TRL', (kind) => {
  it.each(SHAPES)('for %s', async (shape) => {
    const tokenizer = await openFixture(kind);
    const { pairs } = await tokenizePairs(pairsOf(shape), tokenizer, WIDE);
    const expected = recorded.tokenizers[kind][shape];
    expect(pairs.map(({ chosen, rejected }) => ({ chosen, rejected }))).toEqual(
      expected.map(({ prompt, chosen, rejected }) => ({
        chosen: { tokens: [...prompt, ...chosen], promptLength: Math.max(1, prompt.length) },
        rejected: { tokens: [...prompt, ...rejected], promptLength: Math.max(1, prompt.length) },
      })),
    );
  });

  it.each([
    ['texts', 'keep_start'],
    ['texts', 'keep_end'],
    ['messages', 'keep_start'],
    ['messages', 'keep_end'],
  ] as const)('for %s, cut to %s', async (shape, truncation) => {
    const tokenizer = await openFixture(kind);
    const limits = { maxLength: recorded.max_length, truncation, score: 'conditional' } as const;
    const { pairs } = await tokenizePairs(pairsOf(shape), tokenizer, limits);
    const expected = recorded.tokenizers[kind][shape];
    expect(pairs.map(({ row, chosen, rejected }) => ({ row, chosen, rejected }))).toEqual(
      expected.flatMap(({ [truncation]: cut }, index) =>
        cut ? [{ row: index + 1, chosen: sequence(cut.chosen), rejected: sequence(cut.rejected) }] : [],
      ),
    );
  });

  it('and are decoded as transformers does', async () => {
    const tokenizer = await openFixture(kind);
    const decoded = (skipSpecial: boolean): string[] =>
      recordedPairs.texts.map(({ chosen }) =>
        tokenizer.decode(tokenizer.encodePlain(chosen), { skipSpecial }),
      );
    expect(decoded(false)).toEqual(recorded.tokenizers[kind].decoded);
    expect(decoded(true)).toEqual(recorded.tokenizers[kind].without_special);
  });
});

it('ids of pairs are those that Python computes', () => {
  const pairs = [...recordedPairs.texts, ...recordedPairs.messages, ...recordedPairs.odd].map(toPair);
  expect(pairs.map(({ id }) => id)).toEqual(recorded.ids);
});
