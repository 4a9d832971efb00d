import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readingFacts } from '../../src/node/configs/reading-facts';
import { streamRows } from '../../src/node/data/all-rows';
import { arrowBatches } from '../../src/node/data/arrow';
import { readRows } from '../../src/node/data/first-rows';
import { unzstdWhole } from '../../src/node/data/zstd';
import { readSafetensorsHeader } from '../../src/node/models/safetensors-header';
import { temporaryFolder } from '../support/temporary-folder';
import { parquetBomb } from './parquet-bomb';
import { zstdOf } from './zstd-bomb';

/** Small files that stand for gigabytes, or claim to. Each has to be refused in words, or read as far as is asked for. */

const WANTED = ['prompt', 'chosen', 'rejected'];
const BUDGET = { rows: 100, bytes: 1024 * 1024 };
const MEGABYTE = 1024 * 1024;

/** Megabytes by which the largest memory of this process has grown meanwhile. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.resourceUsage().maxRSS;
  await work();
  return (process.resourceUsage().maxRSS - before) / 1024;
}

function fileOf(name: string, content: Uint8Array): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

async function readAll(file: string): Promise<number> {
  let rows = 0;
  for await (const _ of streamRows(file, path.basename(file), WANTED, () => {})) rows++;
  return rows;
}

describe('data that unpacks to gigabytes', () => {
  it('with zstd is sampled as far as it is asked for, and refused at the row that is too long', async () => {
    const file = fileOf('a.jsonl.zst', zstdOf(10 * 1024));
    const grown = await growth(async () => {
      const { rows, bytes } = await readRows(file, 'a.jsonl.zst', WANTED, BUDGET);
      expect({ rows, bytes }).toEqual({ rows: [], bytes: BUDGET.bytes });
      await expect(readAll(file)).rejects.toThrow('Line 1 of a.jsonl.zst is longer than 16 MB.');
    });
    expect(grown).toBeLessThan(600);
  });

  it.each([
    ['a.jsonl.gz', '{"prompt":"', /Line 1 of a\.jsonl\.gz is longer than 16 MB/],
    ['a.json.gz', '[{"prompt":"', /Row 1 of a\.json\.gz is longer than 16 MB/],
    ['b.json.gz', '', /begins with more than 1 MB of blanks/],
  ])('with gzip is refused in words: %s', async (name, start, words) => {
    const filled = Buffer.concat([Buffer.from(start), Buffer.alloc(64 * MEGABYTE, start === '' ? ' ' : 'a')]);
    await expect(readAll(fileOf(name, gzipSync(filled)))).rejects.toThrow(words);
  });

  it('as one object without an end is searched once', async () => {
    const filled = Buffer.from(`{${'"a":1,'.repeat(5 * MEGABYTE)}`);
    await expect(readAll(fileOf('a.json', filled))).rejects.toThrow(/Line 1 of a\.json/);
  });

  it('as parquet that claims to be small', async () => {
    const file = fileOf('a.parquet', parquetBomb({ pages: 10, megabytes: 1100, claimed: 1000 }));
    const grown = await growth(async () => {
      await expect(readAll(file)).rejects.toThrow(/unpacks to more than 1,024 MB.*row groups of 1,000 rows/);
      await expect(readRows(file, 'a.parquet', WANTED, BUDGET)).rejects.toThrow(
        /unpacks to more than 1,024 MB/,
      );
    });
    expect(grown).toBeLessThan(600);
  });

  it('as parquet that says so', async () => {
    const file = fileOf(
      'a.parquet',
      parquetBomb({ pages: 10, megabytes: 1024, claimed: 10 * 1024 * MEGABYTE }),
    );
    await expect(readAll(file)).rejects.toThrow(/a row group of 10240 MB; up to 1,024 MB are read/);
    await expect(readRows(file, 'a.parquet', WANTED, BUDGET)).rejects.toThrow(
      /was not looked into.*10240 MB/,
    );
  });

  it('as the buffers of an Arrow file', () => {
    expect(() => unzstdWhole(zstdOf(100), 10 * MEGABYTE)).toThrow(/unpacks to more than/);
    expect(unzstdWhole(zstdOf(1), MEGABYTE)).toHaveLength(MEGABYTE);
  });
});

describe('files that claim to be large', () => {
  it('safetensors with a header of 100 MB', async () => {
    const file = fileOf('model.safetensors', lengthOf(100 * MEGABYTE));
    truncateSync(file, 200 * MEGABYTE);
    const grown = await growth(() =>
      expect(readSafetensorsHeader(file)).rejects.toThrow(/its header would be 104857600 bytes long/),
    );
    expect(grown).toBeLessThan(50);
  });

  it('Arrow with a description of 2 GB', async () => {
    const lead = Buffer.alloc(8);
    lead.writeInt32LE(-1, 0);
    lead.writeInt32LE(2 ** 31 - 1, 4);
    const file = fileOf('a.arrow', lead);
    truncateSync(file, 4 * 1024 * MEGABYTE);
    const grown = await growth(() =>
      expect(arrowBatches(file, 'a.arrow', WANTED).next()).rejects.toThrow(/no whole Arrow file/),
    );
    expect(grown).toBeLessThan(50);
  });
});

describe.skipIf(process.platform === 'win32')('what a config builds upon', () => {
  it.each([
    ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['a device', (file: string) => execFileSync('ln', ['-s', '/dev/zero', file])],
    ['a large file', (file: string) => execFileSync('truncate', ['-s', '10G', file])],
  ])('is no part of it where it is %s', (_, make) => {
    const folder = temporaryFolder();
    make(path.join(folder, 'base.yaml'));
    expect(readingFacts(path.join(folder, 'dpo.yaml'), 'defaults: base.yaml\ndpo:\n  beta: 1\n')).toEqual({});
  });
});

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes));
  return length;
}
