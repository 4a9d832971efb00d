import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { JsonLinesReader, JsonLinesWriter } from '../../src/node/files/json-lines';
import { temporaryFolder } from '../support/temporary-folder';

const file = (): string => path.join(temporaryFolder(), 'lines.jsonl');

describe('JsonLinesReader', () => {
  it('gives each line once, as the file grows', async () => {
    const name = file();
    const reader = new JsonLinesReader(name);
    expect(await reader.read()).toEqual({ values: [], restarted: false, more: false });
    writeFileSync(name, '{"a":1}\n{"a"');
    expect((await reader.read()).values).toEqual([{ a: 1 }]);
    expect(reader.torn).toBe(4);
    appendFileSync(name, ':2}\n\n{"ä":"ö');
    expect((await reader.read()).values).toEqual([{ a: 2 }]);
    // A character can be torn too.
    appendFileSync(name, Buffer.from('ü').subarray(0, 1));
    expect((await reader.read()).values).toEqual([]);
    appendFileSync(name, Buffer.concat([Buffer.from('ü').subarray(1), Buffer.from('"}\n')]));
    expect((await reader.read()).values).toEqual([{ ä: 'öü' }]);
    expect((await reader.read()).values).toEqual([]);
    expect(reader.torn).toBe(0);
  });

  it('passes over lines that are not JSON, and counts them', async () => {
    const name = file();
    writeFileSync(name, '1\nnot JSON\n\u0000\u0001\n[2]\r\n');
    const reader = new JsonLinesReader(name);
    expect((await reader.read()).values).toEqual([1, [2]]);
    expect(reader.foreign).toBe(2);
  });

  it.each([
    ['became shorter', (name: string) => truncateSync(name, 0)],
    ['is another one', (name: string) => renameSync(`${name}.new`, name)],
  ])('starts again where the file %s', async (_, change) => {
    const name = file();
    const reader = new JsonLinesReader(name);
    writeFileSync(name, '1\n2\n3\n{"to');
    await reader.read();
    writeFileSync(`${name}.new`, '1\n2\n');
    change(name);
    appendFileSync(name, '4\n5\n');
    const { values, restarted } = await reader.read();
    expect(restarted).toBe(true);
    expect(values.slice(-2)).toEqual([4, 5]);
    expect((await reader.read()).restarted).toBe(false);
  });

  it('reads a large file piece by piece', async () => {
    const name = file();
    const lines = Array.from(
      { length: 50_000 },
      (_, index) => `{"step":${index},"text":"${'x'.repeat(60)}"}\n`,
    );
    writeFileSync(name, lines.join(''));
    const reader = new JsonLinesReader(name);
    const values: unknown[] = [];
    let pieces = 0;
    for await (const read of reader.readAll()) {
      values.push(...read.values);
      pieces++;
    }
    expect(values).toHaveLength(50_000);
    expect(values.at(-1)).toMatchObject({ step: 49_999 });
    expect(pieces).toBeGreaterThan(2);
  });

  it('reads to the end, again and again, and tells in which look the file began anew', async () => {
    const name = file();
    const reader = new JsonLinesReader(name);
    const looks = async () => {
      const all: unknown[] = [];
      for await (const { values, restarted } of reader.readAll()) all.push([values, restarted]);
      return all;
    };
    expect(await looks()).toEqual([[[], false]]);
    writeFileSync(name, '1\n2\n');
    expect(await looks()).toEqual([[[1, 2], false]]);
    expect(await looks()).toEqual([[[], false]]);
    truncateSync(name, 0);
    appendFileSync(name, '3\n');
    expect(await looks()).toEqual([[[3], true]]);
    appendFileSync(name, '4\n');
    expect(await looks()).toEqual([[[4], false]]);
  });
});

describe('JsonLinesWriter', () => {
  it('begins a line of its own after one that was torn', () => {
    const name = file();
    writeFileSync(name, '{"a":1}\n{"b":');
    const writer = new JsonLinesWriter(name);
    writer.append({ c: 3 });
    writer.append({ d: 4 });
    writer.close();
    expect(readFileSync(name, 'utf8')).toBe('{"a":1}\n{"b":\n{"c":3}\n{"d":4}\n');
  });

  it('says when the disk is full', () => {
    const writer = new JsonLinesWriter('/dev/full');
    expect(() => writer.append({ a: 1 })).toThrow(/ENOSPC/);
    writer.close();
  });
});
