import { describe, expect, it } from 'vitest';
import {
  inspectProgressInWords,
  isSaturated,
  listedPairs,
  marginInWords,
  rankedOf,
  sampleInWords,
} from '../../src/core/panels/pair-lists';
import type { Comparison, PairList, PairRow } from '../../src/core/panels/pairs-page';

const COMPARISON: Comparison = {
  checkpoint: 8,
  beta: 0.5,
  loss: 'sigmoid',
  lengthNormalized: false,
  reference: 'the starting policy',
  baseline: 'the starting policy',
};

function row(id: string, chosen: number, rejected: number, tokens = 4): PairRow {
  const [split = '', number] = id.split('-');
  const sums = (change: number) => ({ tokens, policy: change - 20, reference: -20, baseline: -20 });
  return {
    id,
    split: split as PairRow['split'],
    row: Number(number),
    chosen: sums(chosen),
    rejected: sums(rejected),
    margin: chosen - rejected,
    prompt: `Prompt of ${id}`,
    chosenText: 'A Good answer',
    rejectedText: id === 'eval-2' ? 'Bäd' : 'bad',
  };
}

const LIST: PairList = {
  comparison: COMPARISON,
  rows: [row('train-1', 1, -4), row('train-2', -9, -1, 9), row('eval-1', 0, 0), row('eval-2', 2, 2.5, 30)],
  total: { train: 4000, eval: 2 },
};

const ids = (...of: [Parameters<typeof listedPairs>[1], 'train' | 'eval' | 'all', string]): string[] =>
  listedPairs(LIST, ...of).map(({ id }) => id);

describe('lists of pairs', () => {
  it('are in the order that was asked for', () => {
    expect(ids('moved', 'all', '')).toEqual(['train-2', 'train-1', 'eval-2', 'eval-1']);
    expect(ids('wrong', 'all', '')).toEqual(['train-2', 'eval-2', 'eval-1', 'train-1']);
    expect(ids('longest', 'all', '')).toEqual(['eval-2', 'train-2', 'train-1', 'eval-1']);
  });

  it('hold what was looked for', () => {
    expect(ids('moved', 'eval', '')).toEqual(['eval-2', 'eval-1']);
    expect(ids('moved', 'all', ' bÄD ')).toEqual(['eval-2']);
    expect(ids('moved', 'all', 'prompt of train')).toHaveLength(2);
    expect(ids('moved', 'all', 'nowhere')).toEqual([]);
  });

  it('say how a pair is ranked, and how much training still feels it', () => {
    expect([{ margin: 2 }, { margin: -2 }, { margin: 0 }].map(rankedOf)).toEqual(['right', 'wrong', 'tie']);
    expect([9.9, 10.1, -30].map((margin) => isSaturated({ margin }, COMPARISON))).toEqual([
      false,
      true,
      false,
    ]);
    expect(marginInWords({ margin: 0 }, COMPARISON)).toContain('50 % of its maximum gradient');
    expect(marginInWords({ margin: 8 }, COMPARISON)).toContain('as labelled; it contributes 1.8 %');
    expect(marginInWords({ margin: -40 }, COMPARISON)).toContain('against its label; it contributes 100 %');
    expect(marginInWords({ margin: 1 }, { ...COMPARISON, loss: 'ipo' })).toBe(
      'The policy ranks this pair as labelled.',
    );
  });

  it('say what they are a sample of, and what is being done', () => {
    expect(sampleInWords(LIST)).toBe('2 of 4,000 training pairs, 2 of 2 held out');
    expect(inspectProgressInWords({ activity: 'policy', done: 24, total: 512 })).toBe(
      'Scoring responses, policy: 24 of 512',
    );
    expect(inspectProgressInWords({ activity: 'loading', done: 1, total: 3 })).toBe(
      'Loading the model: 33 %',
    );
    expect(inspectProgressInWords({ activity: 'reading', done: 0, total: 0 })).toBe('Reading the pairs');
  });
});
