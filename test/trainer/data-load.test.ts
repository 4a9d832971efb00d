import { existsSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/core/config/config';
import { completeConfig } from '../../src/core/config/resolved';
import { holdOut } from '../../src/trainer/data/hold-out';
import { type LoadedPairs, loadPairs } from '../../src/trainer/data/load-pairs';
import { COLUMNS, FIXTURES, HH_PAIRS, jsonLines, write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import recorded from './fixtures/tokens.json';
import { place } from './support/data';

const folder = temporaryFolder();

/** What the data part of a config says where nothing is written. */
function config(data: object, rest: object = {}): Config {
  return completeConfig({
    data: {
      eval_fraction: 0,
      columns: COLUMNS,
      ...data,
    },
    training: { seed: 0 },
    reference: { logprobs: 'compute' },
    ...rest,
  });
}

function load(data: object, rest: object = {}): Promise<LoadedPairs> {
  return loadPairs(config(data, rest), place(folder), () => {});
}

const loadFile = (
  name: string,
  content: unknown,
  data: object = {},
  rest: object = {},
): Promise<LoadedPairs> => {
  write(folder, { [name]: content });
  return load({ train: { path: name }, ...data }, rest);
};

const row = (index: number): Record<string, unknown> => ({
  prompt: `Question ${index}`,
  chosen: ` good ${index}`,
  rejected: ' bad',
});
const rows = (count: number): object[] => Array.from({ length: count }, (_, index) => row(index + 1));
const promptsOf = (pairs: LoadedPairs['train']): unknown[] => pairs.map(({ pair }) => pair.prompt);

describe('pairs are loaded', () => {
  it.each([
    ['some.jsonl', jsonLines(rows(5))],
    ['some.jsonl.gz', gzipSync(jsonLines(rows(5)))],
    ['some.json', rows(5)],
  ])('from %s', async (name, content) => {
    const { train, eval: held, warnings } = await loadFile(name, content);
    expect(train).toHaveLength(5);
    expect(train[1]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      row: 2,
      pair: { format: 'strings', prompt: 'Question 2', chosen: ' good 2', rejected: ' bad' },
    });
    expect({ held, warnings }).toEqual({ held: [], warnings: [] });
  });

  it('from all row groups of a parquet file', async () => {
    const { train } = await load({ train: { path: path.join(FIXTURES, 'row-groups.parquet') } });
    expect(train).toHaveLength(7);
    expect(train[6]?.pair).toEqual({
      format: 'messages',
      prompt: [{ role: 'user', content: 'Q7 é' }],
      chosen: [{ role: 'assistant', content: 'good 7' }],
      rejected: [{ role: 'assistant', content: 'bad 7' }],
    });
  });

  it('from the files of a pattern, sorted, with rows counted through', async () => {
    write(folder, { 'many/b.jsonl': jsonLines([row(3)]), 'many/a.jsonl': jsonLines([row(1), row(2)]) });
    const { train } = await load({ train: { path: 'many/*.jsonl' } });
    expect(promptsOf(train)).toEqual(['Question 1', 'Question 2', 'Question 3']);
    expect(train.map((pair) => pair.row)).toEqual([1, 2, 3]);
  });

  it('from a dataset in the hub cache', async () => {
    const snapshot = path.join(folder, 'cache/datasets--me--pairs');
    write(snapshot, {
      'refs/main': 'abc',
      'snapshots/abc/data/train.jsonl': jsonLines(rows(2)),
      'snapshots/abc/data/test.jsonl': jsonLines(rows(3)),
    });
    const named = { train: { path: 'me/pairs', split: 'train' }, eval: { path: 'me/pairs', split: 'test' } };
    const home = { ...place(folder), env: { HF_HUB_CACHE: path.join(folder, 'cache'), HF_HUB_OFFLINE: '1' } };
    const { train, eval: held } = await loadPairs(config(named), home, () => {});
    expect([train.length, held.length]).toEqual([2, 3]);
  });

  it('with the columns that the config names', async () => {
    const odd = [{ question: 'a', better: 'b', worse: 'c', chosen: 'not this' }];
    const columns = { prompt: 'question', chosen: 'better', rejected: 'worse' };
    const { train } = await loadFile('columns.jsonl', jsonLines(odd), { columns });
    expect(train[0]?.pair).toEqual({ format: 'strings', prompt: 'a', chosen: 'b', rejected: 'c' });
  });

  it('and tells how far it is, in bytes', async () => {
    write(folder, { 'progress.jsonl': jsonLines(rows(5000)) });
    const told: number[][] = [];
    const wanted = config({ train: { path: 'progress.jsonl' } });
    await loadPairs(wanted, place(folder), (done, total) => told.push([done, total]));
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)?.[0]).toBe(told[0]?.[1]);
  });

  it.skipIf(!existsSync(HH_PAIRS))('from transcripts of real people', async () => {
    const { train, warnings } = await load({ train: { path: HH_PAIRS } });
    expect(train).toHaveLength(2308);
    expect(train.every(({ pair }) => String(pair.prompt).endsWith('\n\nAssistant:'))).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^4 of 2312 rows were skipped because a response is empty; the first is line 87 of/,
      ),
    ]);
  });
});

describe('pairs without a signal', () => {
  it('are skipped and counted', async () => {
    const data = [row(1), { ...row(2), rejected: ' good 2' }, { ...row(3), chosen: ' ' }, row(4)];
    const { train, warnings } = await loadFile('weak.jsonl', jsonLines(data));
    expect(train.map((pair) => pair.row)).toEqual([1, 4]);
    expect(warnings).toEqual([
      '1 of 4 rows were skipped because a response is empty; the first is line 3 of weak.jsonl.',
      '1 of 4 rows were skipped because chosen and rejected are the same; the first is line 2 of weak.jsonl.',
    ]);
  });

  it('are an error where nothing else is there', async () => {
    const same = { prompt: 'a', chosen: 'b', rejected: 'b' };
    await expect(loadFile('same.jsonl', jsonLines([same, same]))).rejects.toThrow(
      'data.train (same.jsonl) has no pair to learn from. 2 of 2 rows were skipped because chosen and rejected are the same',
    );
    await expect(loadFile('empty.jsonl', '\n')).rejects.toThrow(
      'data.train (empty.jsonl) is empty: it holds no pairs',
    );
  });

  it('are messages that say the same, but not messages by different roles', async () => {
    const say = (role: string): object => ({ role, content: 'b' });
    const messages = (chosen: string, rejected: string): object => ({
      prompt: 'a',
      chosen: [say('user'), say(chosen)],
      rejected: [say('user'), say(rejected)],
    });
    const data = jsonLines([messages('assistant', 'assistant'), messages('assistant', 'tool')]);
    expect((await loadFile('roles.jsonl', data)).train.map((pair) => pair.row)).toEqual([2]);
  });
});

describe('what is no pair is an error that names its place', () => {
  it.each([
    [
      'a line that is not JSON',
      '{"prompt":"a","chosen":"b","rejected":"c"}\n{"prompt"',
      'Line 2 of bad.jsonl is not',
    ],
    [
      'a row without a response',
      jsonLines([row(1), { prompt: 'a', chosen: 'b' }]),
      'Line 2 of bad.jsonl is no pair. The row has no rejected response. Fix or remove it, or name the columns under data.columns: the row has prompt, chosen.',
    ],
    [
      'a null',
      jsonLines([{ ...row(1), chosen: null }]),
      'Line 1 of bad.jsonl is no pair. The row has no chosen',
    ],
    [
      'a number',
      jsonLines([{ ...row(1), chosen: 3 }]),
      'Line 1 of bad.jsonl is no pair. Chosen and rejected are',
    ],
  ])('%s', async (_, content, message) => {
    await expect(loadFile('bad.jsonl', content)).rejects.toThrow(message);
  });

  it('in the second file of a pattern', async () => {
    write(folder, { 'two/a.jsonl': jsonLines(rows(2)), 'two/b.jsonl': '{}' });
    await expect(load({ train: { path: 'two/*' } })).rejects.toThrow(
      `Line 1 of ${path.join('two', 'b.jsonl')}`,
    );
  });

  it.each([
    [{}, 'The config names no pairs to train on. Write data.train:'],
    [{ train: { path: 'nowhere.jsonl' } }, 'There is no file'],
    [{ train: { path: 'nowhere/*.jsonl' } }, 'No file matches nowhere/*.jsonl'],
    [{ train: { path: '.' } }, 'is a folder, not a file'],
    [{ train: { path: '//server/pairs.jsonl' } }, 'is a network path, which is not opened'],
  ])('or data that is not there: %j', async (data, message) => {
    await expect(load(data)).rejects.toThrow(message);
  });
});

describe('held-out pairs', () => {
  const prompts = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);
  const sorted = (positions: ReadonlySet<number>): number[] => [...positions].sort((a, b) => a - b);

  it('are chosen by the seed, the same on every machine', () => {
    const heldOut = holdOut(prompts(100), 0.2, 7);
    // By record_tokens.py, which follows the description of holdOut.
    expect(sorted(heldOut)).toEqual(recorded.held_out);
    expect(holdOut(prompts(100), 0.2, 8)).not.toEqual(heldOut);
  });

  it('are split by prompt', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(),
        (asked, fraction, seed) => {
          const held = holdOut(asked, fraction, seed);
          const of = (isHeld: boolean) =>
            new Set(asked.filter((_, position) => held.has(position) === isHeld));
          expect([...of(true)].filter((prompt) => of(false).has(prompt))).toEqual([]);
          expect(of(false).size).toBeGreaterThan(0);
          expect(held.size > 0).toBe(new Set(asked).size > 1);
        },
      ),
    );
  });

  it('share no prompt with those that are trained on, which is reported of data of their own', async () => {
    const asked = rows(12).map((row, index) => ({ ...row, prompt: `Question ${index % 4}` }));
    const split = await loadFile('twice.jsonl', jsonLines(asked), { eval_fraction: 0.25 });
    const trained = new Set(split.train.map(({ pair }) => pair.prompt));
    expect(split.eval).toHaveLength(3);
    expect(split.eval.filter(({ pair }) => trained.has(pair.prompt))).toEqual([]);
    write(folder, { 'own.jsonl': jsonLines([...rows(2), asked[0]]) });
    const { warnings } = await load({ train: { path: 'twice.jsonl' }, eval: { path: 'own.jsonl' } });
    expect(warnings).toEqual([
      '3 of 3 pairs of data.eval have a prompt that is trained on, too: what is measured on them is no measure of new prompts.',
    ]);
  });

  it.each([
    [10, 0, 0],
    [10, 0.01, 1],
    [10, 0.25, 3],
    [10, 0.99, 9],
    [1, 0.5, 0],
  ])('of %i pairs at a fraction of %f are %i', (count, fraction, expected) => {
    expect(holdOut(prompts(count), fraction, 1).size).toBe(expected);
  });

  it('come out of the training data, or from data of their own', async () => {
    const split = await loadFile('all.jsonl', jsonLines(rows(10)), { eval_fraction: 0.3 });
    expect([split.train.length, split.eval.length]).toEqual([7, 3]);
    write(folder, { 'test.jsonl': jsonLines(rows(2)) });
    const own = await load({
      train: { path: 'all.jsonl' },
      eval: { path: 'test.jsonl' },
      eval_fraction: 0.3,
    });
    expect([own.train.length, own.eval.length]).toEqual([10, 2]);
  });

  it('are taken after the limit, which counts usable pairs', async () => {
    const data = [{ ...row(0), chosen: '' }, ...rows(20)];
    const { train, eval: held } = await loadFile('limit.jsonl', jsonLines(data), {
      limit: 4,
      eval_fraction: 0.25,
    });
    expect([...train, ...held].map((pair) => pair.row).sort()).toEqual([2, 3, 4, 5]);
    expect(held).toHaveLength(1);
  });
});

describe('reference log-probabilities in columns', () => {
  const columns = { reference: { logprobs: 'columns' }, training: { seed: 0 } };
  const given = (values: object): string => jsonLines([{ ...row(1), ...values }]);

  it.each([
    [{ chosen_logprob: -1, rejected_logprob: -2.5 }, {}],
    [{ ref_chosen_logps: -1, ref_rejected_logps: -2.5 }, {}],
    [{ chosen_logprob: null, ref_chosen_logps: -1, rejected_logprob: -2.5 }, {}],
    [
      { c: -1, r: -2.5, chosen_logprob: 9 },
      { columns: { ...COLUMNS, chosen_logprob: 'c', rejected_logprob: 'r' } },
    ],
  ])('are read: %j', async (values, data) => {
    const { train } = await loadFile('logps.jsonl', given(values), data, columns);
    expect(train[0]?.columns).toEqual({ chosen: -1, rejected: -2.5 });
  });

  it('are read from parquet', async () => {
    const { train } = await load({ train: { path: path.join(FIXTURES, 'row-groups.parquet') } }, columns);
    expect(train[6]?.columns).toEqual({ chosen: -10.5, rejected: -14 });
  });

  it('are left alone where they are computed', async () => {
    const { train } = await loadFile('logps.jsonl', given({ chosen_logprob: 'x' }));
    expect(train[0]).not.toHaveProperty('columns');
  });

  it.each([
    [
      { chosen_logprob: -1 },
      'Line 1 of bad-logps.jsonl has no value in rejected_logprob or ref_rejected_logps',
    ],
    [
      { chosen_logprob: '-1', rejected_logprob: -2 },
      'Line 1 of bad-logps.jsonl has "-1" in chosen_logprob, which is',
    ],
    [{ chosen_logprob: -1, rejected_logprob: true }, 'has true in rejected_logprob, which is no number'],
  ])('are missing or wrong: %j', async (values, message) => {
    await expect(loadFile('bad-logps.jsonl', given(values), {}, columns)).rejects.toThrow(message);
  });
});
