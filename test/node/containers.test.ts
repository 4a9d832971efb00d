import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { streamRows } from '../../src/node/data/all-rows';
import { expandSaved } from '../../src/node/data/dataset-files';
import { readRows } from '../../src/node/data/first-rows';
import { parseJsonArray } from '../../src/node/data/row';
import { temporaryFolder } from '../support/temporary-folder';
import { FIXTURES, write } from './support';

const ROWS = [
  { prompt: 'a', chosen: 'b', rejected: 'c' },
  { prompt: 'd', chosen: 'e', rejected: 'f' },
];
const folder = temporaryFolder();
const json = (value: unknown, indent?: number) =>
  parseJsonArray({ name: 'd.json', text: JSON.stringify(value, null, indent), cut: false }, 100).rows;

async function all(file: string, wanted = ['prompt', 'chosen', 'rejected', 'tools']): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { row } of streamRows(file, path.basename(file), wanted, () => {})) rows.push(row);
  return rows;
}

describe('one JSON object', () => {
  const wide = {
    prompt: ROWS.map(({ prompt }) => prompt),
    chosen: ROWS.map(({ chosen }) => chosen),
    rejected: ROWS.map(({ rejected }) => rejected),
  };
  const keyed = Object.fromEntries(Object.entries(wide).map(([name, cells]) => [name, { ...cells }]));

  it.each<[string, unknown]>([
    ['with its rows under a key', { version: 1, data: ROWS }],
    ['with its rows under a key of its own', { meta: { by: 'me' }, pairs_of_mine: ROWS, version: [1] }],
    ['with columns side by side', wide],
    ['as pandas writes columns', keyed],
    [
      'as pandas splits a table',
      { columns: Object.keys(wide), index: [0, 1], data: ROWS.map((row) => Object.values(row)) },
    ],
  ])('%s', (_, value) => {
    expect(json(value, 1)).toEqual(ROWS);
    expect(json(value)).toEqual(ROWS);
  });

  it('can be one row', () => {
    const row = {
      prompt: 'a',
      chosen: [{ role: 'assistant', content: 'b' }],
      rejected: [{ role: 'assistant', content: 'c' }],
    };
    expect(json(row, 1)).toEqual([row]);
  });

  it('with rows under several keys is refused with their names', () => {
    expect(() => json({ train: ROWS, test: ROWS }, 1)).toThrow(
      /several keys \(train, test\).*jq -c '\.train\[\]'/,
    );
  });

  it('is read to its end from a file, piece by piece', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({
      ...ROWS[0],
      prompt: `${index} ${'x'.repeat(50)}`,
    }));
    write(folder, { 'wrapped.json': JSON.stringify({ version: 1, data: many }, null, 1), 'wide.json': wide });
    expect(await all(path.join(folder, 'wrapped.json'))).toEqual(many);
    expect(await all(path.join(folder, 'wide.json'))).toEqual(ROWS);
  });
});

describe('files of other kinds', () => {
  it.each(['pairs.arrow', 'pairs-file.arrow'])('are Arrow streams and files: %s', async (name) => {
    const rows = await all(path.join(FIXTURES, name));
    expect(rows).toHaveLength(5);
    expect(rows[4]).toEqual({
      prompt: 'Question 4',
      chosen: [{ role: 'assistant', content: 'good 4 é' }],
      rejected: [{ role: 'assistant', content: 'bad' }],
    });
    const { columns, total } = await readRows(path.join(FIXTURES, name), name, ['prompt'], {
      rows: 9,
      bytes: 1e6,
    });
    expect({ columns, total }).toEqual({ columns: ['prompt', 'chosen', 'rejected', 'source'], total: 5 });
  });

  it('are compressed with zstd', async () => {
    expect(await all(path.join(FIXTURES, 'pairs.jsonl.zst'))).toHaveLength(500);
  });

  it.each([
    ['cut.jsonl.zst', 'pairs.jsonl.zst', /is not a whole zstd file/],
    ['cut.arrow', 'pairs.arrow', /is no whole Arrow file/],
  ])('that are cut are refused: %s', async (name, whole, message) => {
    const bytes = execFileSync('head', ['-c', '700', path.join(FIXTURES, whole)]);
    write(folder, { [name]: bytes });
    await expect(all(path.join(folder, name))).rejects.toThrow(message);
  });

  it('are a folder that datasets has saved', async () => {
    const saved = path.join(FIXTURES, 'saved');
    const files = await expandSaved([saved], { split: 'test' });
    expect(files).toEqual({ files: [path.join(saved, 'test', 'data-00000-of-00001.arrow')] });
    expect(await all('files' in files ? (files.files[0] ?? '') : '')).toHaveLength(2);
    expect(await expandSaved([saved], {})).toEqual({
      problem: `${saved} has no split train; it has train_prefs, test. Name one of them as split.`,
    });
    expect(await expandSaved([folder], {})).toEqual({ files: [folder] });
  });
});
