import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamRows } from '../../src/node/data/all-rows';
import { JsonSplitter, LineSplitter, type RowSplitter } from '../../src/node/data/row-splitters';
import { temporaryFolder } from '../support/temporary-folder';
import { FIXTURES, jsonLines, write } from './support';

const folder = temporaryFolder();

interface Read {
  readonly rows: readonly unknown[];
  readonly places: readonly string[];
  readonly done: readonly number[];
}

async function read(file: string, wanted: readonly string[] = ['a'], stopAfter = Infinity): Promise<Read> {
  const rows: unknown[] = [];
  const places: string[] = [];
  const done: number[] = [];
  const full = path.resolve(folder, file);
  for await (const { row, place } of streamRows(full, path.basename(file), wanted, (n) => done.push(n))) {
    rows.push(row);
    places.push(place());
    if (rows.length >= stopAfter) break;
  }
  return { rows, places, done };
}

const many = Array.from({ length: 3000 }, (_, index) => ({ a: `${'é'.repeat(index % 90)}${index}` }));

describe('a stream of rows', () => {
  it.each([
    ['rows.jsonl', jsonLines(many)],
    ['rows.jsonl.gz', gzipSync(jsonLines(many))],
    ['rows.json', JSON.stringify(many, null, 1)],
    ['lines.json', jsonLines(many)],
  ])('gives every row of %s', async (name, content) => {
    write(folder, { [name]: content });
    expect((await read(name)).rows).toEqual(many);
  });

  it('gives every row group of a parquet file, and of it the wanted columns', async () => {
    const { rows, places, done } = await read(path.join(FIXTURES, 'row-groups.parquet'), [
      'ref_chosen_logps',
    ]);
    expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7].map((row) => ({ ref_chosen_logps: -1.5 * row })));
    expect(places.at(-1)).toBe('Row 7 of row-groups.parquet');
    expect(done).toHaveLength(3);
  });

  it('tells where each row stands, and how far the file is read', async () => {
    write(folder, { 'gaps.jsonl': '\n{"a":1}\n\n{"a":2}', 'gaps.json': '\n[\n{"a":1}\n,\n\n{"a":2}]' });
    expect(await read('gaps.jsonl')).toEqual({
      rows: [{ a: 1 }, { a: 2 }],
      places: ['Line 2 of gaps.jsonl', 'Line 4 of gaps.jsonl'],
      done: [17],
    });
    expect((await read('gaps.json')).places).toEqual([
      'Row 1 of gaps.json (line 3)',
      'Row 2 of gaps.json (line 6)',
    ]);
  });

  it('stops when no more is wanted, whatever follows', async () => {
    write(folder, { 'long.jsonl': `${jsonLines(many)}not json\n` });
    expect((await read('long.jsonl', ['a'], 5)).rows).toHaveLength(5);
  });

  it.each([
    ['broken.jsonl', '{"a":1}\n{"a":', 'Line 2 of broken.jsonl is not JSON'],
    ['number.jsonl', '{"a":1}\n\n3', 'Line 3 of number.jsonl is not a JSON object'],
    ['torn.json', '[{"a":1},{"a"', 'torn.json ends inside row 2'],
    ['torn.jsonl.gz', gzipSync(jsonLines(many)).subarray(0, 900), 'torn.jsonl.gz is not a whole gzip file'],
    ['table.csv', 'a,b', 'table.csv is no kind of file that is read'],
    ['none.parquet', 'PAR1', 'none.parquet is not a parquet file'],
    [
      'latin.jsonl',
      Buffer.concat([Buffer.from('{"a":"ok"}\n{"a":"caf'), Buffer.from([0xe9]), Buffer.from('"}\n')]),
      'Line 2 of latin.jsonl is not UTF-8. Convert',
    ],
    ['cut.jsonl', Buffer.from([0x7b, 0xc3]), 'Line 1 of cut.jsonl is not UTF-8'],
  ])('names what is wrong with %s', async (name, content, message) => {
    write(folder, { [name]: content });
    await expect(read(name)).rejects.toThrow(message);
  });

  it('names the columns that a parquet file has instead', async () => {
    const file = path.join(FIXTURES, 'strings.parquet');
    await expect(read(file, ['response'])).rejects.toThrow(
      /no column that a pair is read from, only id, prompt, chosen, rejected.*data\.columns/,
    );
  });

  it('does not care where the file is cut into pieces', () => {
    const whole = (splitter: RowSplitter, pieces: readonly string[]): string[] =>
      [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()].map(
        ({ content, place }) => `${place()}: ${JSON.stringify(JSON.parse(content))}`,
      );
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 }),
        fc.array(fc.nat({ max: 400 })),
        (rows, cuts) => {
          for (const [text, splitter] of [
            [jsonLines(rows), () => new LineSplitter('x')],
            [`\n${JSON.stringify(rows, null, 1)}`, () => new JsonSplitter('x')],
          ] as const) {
            const ends = [...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
            const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
            expect(whole(splitter(), pieces)).toEqual(whole(splitter(), [text]));
          }
        },
      ),
    );
  });
});
