import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { alpacaEvalTable } from '../../src/core/judge/alpaca-eval';
import { fitL1Logistic } from '../../src/core/judge/l1-logistic';
import { lengthControlled } from '../../src/core/judge/length-control';
import { winRateOf } from '../../src/core/judge/win-rate';
import { readAnnotations, readGamedBaseline } from '../../src/node/data/alpaca-eval-files';

/** Made by make.py beside it, with scikit-learn. */
const FOLDER = path.resolve(import.meta.dirname, 'win-rates');
const PUBLISHED = path.resolve(import.meta.dirname, '../../../shared/alpaca_eval');
const expected = JSON.parse(readFileSync(path.join(FOLDER, 'expected.json'), 'utf8'));

describe('a logistic regression with an L1 penalty', () => {
  it('finds the coefficients that liblinear converges to, at every penalty', async () => {
    const gamed = await readGamedBaseline(path.join(FOLDER, 'gamed.csv'));
    const annotations = await readAnnotations(path.join(FOLDER, 'annotations.json'));
    const gaps = annotations.map(({ output_1, output_2 }) => [...output_1].length - [...output_2].length);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1));
    const rows = [
      ...gamed.map(({ preference, gap, difficulty }) => ({
        features: [Math.tanh(gap), difficulty, 0],
        target: preference,
        weight: 0.1,
      })),
      ...annotations.flatMap(({ preference }, index) => {
        const gap = Math.tanh((gaps[index] ?? 0) / spread);
        const target = (preference || 1.5) - 1;
        const features = [gap, gamed[index]?.difficulty ?? 0, 1];
        return preference === null ? [] : [{ features, target, weight: 1 }];
      }),
    ];
    for (const { c, b } of expected.coefficients as { c: number; b: number[] }[]) {
      const found = fitL1Logistic(rows, c);
      b.forEach((value, index) => {
        expect(found[index], `C = ${c}`).toBeCloseTo(value, 4);
      });
    }
  });

  it('ends where rows can be separated, and where a feature is always 0', () => {
    const rows = [-2, -1, 1, 2].map((x) => ({ features: [x, 0], target: x > 0 ? 1 : 0, weight: 1 }));
    const [slope = 0, none] = fitL1Logistic(rows, 100);
    expect(slope).toBeGreaterThan(1);
    expect(slope).toBeLessThan(100);
    expect(none).toBe(0);
  });
});

describe('win rates of annotations', () => {
  it('are those of an independent implementation', async () => {
    const annotations = await readAnnotations(path.join(FOLDER, 'annotations.json'));
    const table = alpacaEvalTable(annotations, await readGamedBaseline(path.join(FOLDER, 'gamed.csv')));
    expect(table).toMatchObject({ model: 'synthetic', n_total: expected.n_total, length_control: 'full' });
    expect(table.win_rate).toBeCloseTo(expected.win_rate, 6);
    expect(table.standard_error).toBeCloseTo(expected.standard_error, 6);
    expect(table.discrete_win_rate).toBeCloseTo(expected.discrete_win_rate, 6);
    expect(Math.abs((table.length_controlled_winrate ?? 0) - expected.full.winRate)).toBeLessThan(0.03);
    expect(Math.abs((table.lc_standard_error ?? 0) - expected.full.error)).toBeLessThan(0.03);
    const minimal = alpacaEvalTable(annotations);
    expect(minimal.length_control).toBe('minimal');
    expect(Math.abs((minimal.length_controlled_winrate ?? 0) - expected.minimal.winRate)).toBeLessThan(0.05);
  });

  it('say that fewer than 50 prompts are too few to control for length', () => {
    const rows = Array.from({ length: 49 }, (_, index) => ({
      output_1: 'a'.repeat(index),
      output_2: 'abc',
      preference: 1 + (index % 2),
    }));
    expect(alpacaEvalTable(rows)).toMatchObject({
      n_total: 49,
      length_controlled_winrate: null,
      lc_standard_error: null,
      note: 'too few prompts to control for length',
    });
    expect(alpacaEvalTable([...rows, ...rows.slice(0, 1)]).length_controlled_winrate).not.toBeNull();
  });

  it('have an error that covers what repeated draws show, in the minimal form', () => {
    // 400 prompts, no effect of length, 60 % won: the error of the share is sqrt(.24 / 400) = 2.4 points, and a bit more.
    const rows = Array.from({ length: 400 }, (_, index) => ({
      preference: Math.floor(index / 5) % 5 < 3 ? 1 : 0,
      lengthGap: (index * 7) % 41,
    }));
    const { winRate = 0, standardError = 0 } =
      lengthControlled(rows.map((row) => ({ ...row, lengthGap: row.lengthGap - 20 }))) ?? {};
    // The penalty pulls a little towards 50.
    expect(Math.abs(winRate - 60)).toBeLessThan(1);
    expect(standardError).toBeGreaterThan(2.4);
    expect(standardError).toBeLessThan(2.5);
  });

  it('are 50 % under length control where all lengths are the same, as in the original code', () => {
    const rows = Array.from({ length: 60 }, () => ({ preference: 1, lengthGap: 3 }));
    expect(lengthControlled(rows)).toEqual({ winRate: 50, standardError: 0 });
  });

  it('leave out what is no preference, and take 0 for a tie', () => {
    const row = (preference: number | null) => ({ output_1: '', output_2: '', preference });
    expect(alpacaEvalTable([2, 1, 0, 1.5, 3, -1, null].map(row))).toMatchObject({
      n_total: 4,
      win_rate: 50,
      discrete_win_rate: 50,
    });
    expect(alpacaEvalTable([row(null)])).toMatchObject({
      n_total: 0,
      win_rate: null,
      note: 'no row has a preference',
    });
    expect(winRateOf([1]).standardError).toBeNaN();
  });

  it('refuse a gamed baseline of other prompts', () => {
    const gamed = [{ preference: 0.5, gap: 1, difficulty: 0, index: 0 }];
    const rows = [0, 1].map(() => ({ output_1: '', output_2: '', preference: 1 }));
    expect(() => alpacaEvalTable(rows, gamed)).toThrow(/no difficulty for row 2/);
  });

  // The published annotations may not be copied into the project, so they are read where they are.
  if (!existsSync(PUBLISHED)) {
    console.log('The annotations of AlpacaEval are not beside the repository: they are not compared.');
    return;
  }
  const lines = readFileSync(path.join(PUBLISHED, 'golden.csv'), 'utf8').trim().split('\n').slice(1);
  it.each(lines.map((line) => line.split(',')))(
    'agree with AlpacaEval on %s',
    async (model, count, controlled) => {
      const annotations = await readAnnotations(path.join(PUBLISHED, `${model}.annotations.json.gz`));
      const gamed = await readGamedBaseline(path.join(PUBLISHED, 'df_gamed_reconstructed.csv.gz'));
      const table = alpacaEvalTable(annotations, gamed);
      expect(table.n_total).toBe(Number(count));
      expect(Math.abs((table.length_controlled_winrate ?? 0) - Number(controlled))).toBeLessThan(0.03);
      const [rate, error] = PUBLISHED_RATES[model ?? ''] ?? [];
      expect(table.win_rate).toBeCloseTo(rate ?? 0, 6);
      expect(table.standard_error).toBeCloseTo(error ?? 0, 6);
    },
  );
});

/** Of AlpacaEval's code: win rate and standard error. */
const PUBLISHED_RATES: Readonly<Record<string, readonly [number, number]>> = {
  'FuseChat-Llama-3.2-1B-Instruct': [29.921932265888195, 1.3934584328741795],
  'phi-2': [2.3502095430261516, 0.4496590405673333],
  'alpaca-7b': [2.591450540223603, 0.4870855382635107],
};
