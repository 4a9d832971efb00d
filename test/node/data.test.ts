import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { DataQuery, ReadData } from '../../src/core/facts';
import { type Sample, sampleData } from '../../src/node/data/sample';
import { createMemo } from '../../src/node/files/memo';
import { temporaryFolder } from '../support/temporary-folder';
import { COLUMNS, FIXTURES, HH_PAIRS, jsonLines, write } from './support';

const folder = temporaryFolder();
const cache = path.join(folder, 'cache');
const env = { HF_HUB_CACHE: cache };

const sample = (name: string, rest: Partial<DataQuery> = {}): Promise<Sample> =>
  sampleData({ path: name, columns: COLUMNS, ...rest }, folder, env, createMemo<Sample>(4));
const facts = async (name: string, rest: Partial<DataQuery> = {}): Promise<Sample['facts']> =>
  (await sample(name, rest)).facts;
async function read(name: string, rest: Partial<DataQuery> = {}): Promise<ReadData> {
  const found = await facts(name, rest);
  if (found.state !== 'read') throw new Error(found.reason);
  return found;
}
async function reason(name: string): Promise<string> {
  const found = await facts(name);
  return 'reason' in found ? `${found.state}: ${found.reason}` : found.state;
}

const pair = (index: number): object => ({ prompt: `Question ${index}`, chosen: 'good', rejected: 'bad' });
const pairs = (count: number): object[] => Array.from({ length: count }, (_, index) => pair(index));

describe('a sample of pairs', () => {
  it('counts what is wrong with them', async () => {
    const rows = [
      { prompt: 'a', chosen: 'four', rejected: 'no' },
      { prompt: 'b', chosen: 'same', rejected: 'same', source: 'x' },
      { prompt: 'c', chosen: '  ', rejected: 'no' },
      { prompt: 'd', rejected: 'no' },
    ];
    write(folder, { 'train.jsonl': jsonLines(rows) });
    expect(await facts('train.jsonl')).toEqual({
      state: 'read',
      files: [path.join(folder, 'train.jsonl')],
      columns: ['prompt', 'chosen', 'rejected', 'source'],
      format: 'strings',
      sampled: 4,
      total: 4,
      identicalPairs: 1,
      emptyResponses: 1,
      firstEmptyRow: 3,
      layout: { name: 'text', columns: ['prompt', 'chosen', 'rejected'] },
      noPairs: { rows: 1, firstRow: 4, problem: 'The row has no chosen response.' },
      meanChosenLength: 10 / 3,
      meanRejectedLength: 8 / 3,
    });
  });

  it('compares the responses of transcripts, not their prompts', async () => {
    const prompt = `\n\nHuman: ${'long '.repeat(100)}\n\nAssistant:`;
    write(folder, { 'hh.jsonl': jsonLines([{ chosen: `${prompt} yes`, rejected: `${prompt} no way` }]) });
    const { format, meanChosenLength, meanRejectedLength } = await read('hh.jsonl');
    expect({ format, meanChosenLength, meanRejectedLength }).toEqual({
      format: 'transcripts',
      meanChosenLength: 4,
      meanRejectedLength: 7,
    });
  });

  it('is bounded by pairs, and knows all of a small file all the same', async () => {
    write(folder, { 'many.jsonl': jsonLines(pairs(1000)), 'many.json': pairs(1000) });
    expect(await read('many.jsonl')).toMatchObject({ sampled: 400, total: 1000 });
    expect(await read('many.json')).toMatchObject({ sampled: 400, total: 1000 });
  });

  it('is bounded by 4 MB of text', async () => {
    const long = { prompt: 'x'.repeat(100_000), chosen: 'a', rejected: 'b' };
    const rows = Array.from({ length: 60 }, () => long);
    write(folder, { 'long.jsonl': jsonLines(rows), 'long.json': rows });
    for (const name of ['long.jsonl', 'long.json']) {
      const { sampled, total } = await read(name);
      expect(sampled).toBe(41);
      expect(total).toBeUndefined();
    }
  });

  it('takes the columns that the config names', async () => {
    write(folder, { 'named.jsonl': jsonLines([{ question: 'Q', best: 'aa', worst: 'b' }]) });
    const columns = { prompt: 'question', chosen: 'best', rejected: 'worst' };
    expect(await read('named.jsonl', { columns })).toMatchObject({ format: 'strings', meanChosenLength: 2 });
    expect(await read('named.jsonl')).toMatchObject({ format: 'unknown', emptyResponses: 0, sampled: 1 });
  });

  it('is remembered until the file changes', async () => {
    const samples = createMemo<Sample>(4);
    const ask = (): Promise<Sample> =>
      sampleData({ path: 'memo.jsonl', columns: COLUMNS }, folder, env, samples);
    write(folder, { 'memo.jsonl': jsonLines(pairs(1)) });
    const first = await ask();
    expect(await ask()).toBe(first);
    write(folder, { 'memo.jsonl': jsonLines(pairs(2)) });
    expect(await ask()).toMatchObject({ facts: { sampled: 2 } });
  });
});

describe('files', () => {
  it('may be gzipped JSON lines', async () => {
    write(folder, {
      'z.jsonl.gz': gzipSync(jsonLines(pairs(3))),
      'torn.jsonl.gz': gzipSync(jsonLines(pairs(3))).subarray(0, 40),
      'fake.jsonl.gz': jsonLines(pairs(3)),
      'bomb.jsonl.gz': gzipSync(Buffer.alloc(100 * 1024 * 1024, 0x20)),
    });
    expect(await read('z.jsonl.gz')).toMatchObject({ sampled: 3, total: 3 });
    expect(await reason('torn.jsonl.gz')).toMatch(/^unreadable: torn.jsonl.gz is not a whole gzip file/);
    expect(await reason('fake.jsonl.gz')).toMatch(/^unreadable: fake.jsonl.gz is not a whole gzip file/);
    expect(await reason('bomb.jsonl.gz')).toMatch(
      /^unreadable: The first pair of bomb.jsonl.gz does not end/,
    );
  });

  it('may be parquet, of which the first row group is sampled', async () => {
    const strings = await read(path.join(FIXTURES, 'strings.parquet'));
    expect(strings).toMatchObject({
      columns: ['id', 'prompt', 'chosen', 'rejected'],
      format: 'strings',
      sampled: 400,
      total: 500,
      emptyResponses: 0,
      noPairs: { rows: 1, firstRow: 4 },
    });
    const messages = await sample(path.join(FIXTURES, 'messages.zstd.parquet'));
    expect(messages.facts).toMatchObject({ format: 'messages', sampled: 2, total: 2 });
    expect(messages.pairs[0]).toEqual({
      format: 'messages',
      prompt: [{ role: 'user', content: 'Hi' }],
      chosen: [{ role: 'assistant', content: 'Hello!' }],
      rejected: [{ role: 'assistant', content: 'What?' }],
    });
    const other = { prompt: 'a', chosen: 'b', rejected: 'c' };
    expect(await read(path.join(FIXTURES, 'strings.parquet'), { columns: other })).toMatchObject({
      format: 'unknown',
      sampled: 0,
      total: 500,
    });
  });

  it('may be named by a pattern, in the order of their names', async () => {
    write(folder, {
      'parts/2.jsonl': jsonLines(pairs(300)),
      'parts/1.jsonl': jsonLines([{ chosen: 'Which? first', rejected: 'Which? x' }]),
      'parts/deep/3.jsonl': jsonLines(pairs(300)),
      'odd [1].jsonl': jsonLines(pairs(1)),
    });
    symlinkSync('..', path.join(folder, 'parts/deep/up'));
    expect(await read('parts/*.jsonl')).toMatchObject({
      files: [path.join(folder, 'parts/1.jsonl'), path.join(folder, 'parts/2.jsonl')],
      format: 'transcripts',
      sampled: 301,
      total: 301,
    });
    const all = await read('./parts/{1,2,deep/3}.jsonl');
    expect(all).toMatchObject({ sampled: 400, total: 601 });
    expect(await read(path.join(folder, 'parts/1.*'))).toMatchObject({ sampled: 1 });
    expect(await read('odd [1].jsonl')).toMatchObject({ sampled: 1 });
    expect(await reason('parts/*.parquet')).toMatch(/^missing: No file matches parts\/\*.parquet in/);
  });

  it('that cannot be read are told apart', async () => {
    mkdirSync(path.join(folder, 'folder'));
    symlinkSync('loop.jsonl', path.join(folder, 'loop.jsonl'));
    write(folder, {
      'empty.jsonl': '',
      'empty.json': '[]',
      'blank.jsonl': '\n\n',
      'table.csv': 'a,b',
      'big.jsonl': 'x'.repeat(10 * 1024 * 1024),
      'binary.jsonl': Buffer.from([0x89, 0x50, 0, 0, 0xff, 0xd8]),
      'bad.parquet': 'PAR1 no',
      'nan.jsonl': '{"prompt": "a", "chosen": "b", "rejected": "c", "score": NaN}\n',
    });
    expect(await reason('none.jsonl')).toMatch(/^missing: There is no file .*none.jsonl. Check/);
    expect(await reason('data/none.csv')).toMatch(/^missing: There is no file/);
    expect(await reason('./none')).toMatch(/^missing: There is no file/);
    expect(await reason('folder')).toBe(
      'unreadable: folder is a folder. Name its files, such as folder/*.jsonl.',
    );
    expect(await reason('loop.jsonl')).toMatch(/^unreadable: .*leads back to itself/);
    expect(await reason('empty.jsonl')).toBe('unreadable: empty.jsonl is empty: it holds no pairs.');
    expect(await reason('empty.json')).toMatch(/is empty/);
    expect(await reason('blank.jsonl')).toMatch(/is empty/);
    expect(await reason('table.csv')).toMatch(
      /^unreadable: table.csv is no kind of file that is read. Convert/,
    );
    expect(await reason('big.jsonl')).toMatch(
      /^unreadable: The first pair of big.jsonl does not end within 4 MB/,
    );
    expect(await reason('binary.jsonl')).toMatch(
      /^unreadable: Line 1 of binary.jsonl is not JSON: .*binary or UTF-16/,
    );
    expect(await reason('bad.parquet')).toMatch(/^unreadable: bad.parquet is not a parquet file/);
    expect(await reason('nan.jsonl')).toMatch(
      /^unreadable: Line 1 of nan.jsonl is not JSON: .*NaN and Infinity/,
    );
    expect(await reason('\\\\server\\share\\x.jsonl')).toMatch(/^unreadable: .*is a network path/);
    expect(await reason('//server/share/*.jsonl')).toMatch(/^unreadable: .*is a network path/);
    expect(await reason(`${'{a,'.repeat(40_000)}*`)).toMatch(/^(unreadable|missing): /);
  });
});

describe('hub data sets', () => {
  it('are not asked for over the network', async () => {
    expect(await reason('org/pairs')).toBe(
      'remote: org/pairs is neither a file here nor in the Hugging Face cache. If it is a hub id, its pairs are checked once it is downloaded.',
    );
  });

  it('are read from the cache, by split and configuration', async () => {
    const snapshot = 'datasets--org--cached/snapshots/abc';
    write(cache, {
      'datasets--org--cached/refs/main': 'abc',
      [`${snapshot}/README.md`]: '',
      [`${snapshot}/data/train-00000-of-00002.jsonl`]: jsonLines(pairs(2)),
      [`${snapshot}/data/train_prefs-00000-of-00001.jsonl`]: jsonLines(pairs(3)),
      [`${snapshot}/harmless/test.jsonl.gz`]: gzipSync(jsonLines(pairs(4))),
      [`${snapshot}/helpful/test.jsonl.gz`]: gzipSync(jsonLines(pairs(5))),
    });
    const train = await read('org/cached', { split: 'train' });
    expect(train).toMatchObject({ sampled: 2 });
    expect(train.total).toBeUndefined();
    expect(await read('org/cached', { split: 'train_prefs' })).toMatchObject({ sampled: 3 });
    expect(await read('org/cached', { split: 'test', config: 'helpful' })).toMatchObject({ sampled: 5 });
    expect(await facts('org/cached', { split: 'val(' })).toMatchObject({
      state: 'remote',
      reason: expect.stringMatching(/no file of its split val\(/),
    });
  });
});

describe.skipIf(!existsSync(HH_PAIRS))('Anthropic HH-RLHF, harmless-base test', () => {
  it('is read as transcripts', async () => {
    const { facts: hh, pairs: read } = await sample(HH_PAIRS);
    // Counted separately, by a script.
    expect(hh).toEqual({
      state: 'read',
      files: [HH_PAIRS],
      columns: ['chosen', 'rejected'],
      format: 'transcripts',
      sampled: 400,
      total: 2312,
      identicalPairs: 0,
      emptyResponses: 1,
      firstEmptyRow: 87,
      layout: { name: 'transcripts', columns: ['chosen', 'rejected'] },
      meanChosenLength: 158.795,
      meanRejectedLength: 214.39,
    });
    for (const { prompt } of read) expect(prompt).toMatch(/^\n\nHuman: [\s\S]*\n\nAssistant:$/);
  });
});
