import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { indexTensors, tensorsOfFile } from '../../src/node/models/safetensors';
import { writeSafetensors } from '../../src/node/models/safetensors-writer';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

const folder = temporaryFolder();
let count = 0;

/** A file with a header as given, and data of some length. */
function file(header: unknown, dataLength: number): string {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  const name = path.join(folder, `${count++}.safetensors`);
  writeFileSync(name, Buffer.concat([length, Buffer.from(text), Buffer.alloc(dataLength)]));
  return name;
}

const entry = (dtype: string, shape: unknown, start: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe('a safetensors file', () => {
  it('tells where each tensor lies', async () => {
    const name = file(
      { b: entry('BF16', [2, 3], 4, 16), a: entry('F32', [], 0, 4), z: entry('F32', [0], 16, 16) },
      16,
    );
    const start = readFileSync(name).length - 16;
    const tensors = await tensorsOfFile(name);
    expect(tensors.get('a')).toEqual({ path: name, dtype: 'F32', shape: [], offset: start, length: 4 });
    expect(tensors.get('b')).toEqual({
      path: name,
      dtype: 'BF16',
      shape: [2, 3],
      offset: start + 4,
      length: 12,
    });
    expect(tensors.get('z')).toMatchObject({ length: 0 });
  });

  const bytes = (...values: number[]) => {
    const name = path.join(folder, `${count++}.safetensors`);
    writeFileSync(name, Buffer.from(values));
    return name;
  };

  it.each([
    ['is empty', () => bytes(), /it has 0 bytes, fewer than the shortest header/],
    [
      'has a header longer than the file',
      () => bytes(200, 0, 0, 0, 0, 0, 0, 0, 0x7b),
      /header would be 200 bytes long, but the file has 9/,
    ],
    [
      'has a header length beyond counting',
      () => bytes(...Array<number>(16).fill(255)),
      /header would be 1844\d+ bytes long/,
    ],
    ['has a broken header', () => file('{"a": nope', 0), /its header is not JSON/],
    ['has a list for a header', () => file([], 0), /its header is no JSON object/],
    ['says nothing about a tensor', () => file({ a: 3 }, 0), /its header says nothing about a/],
    [
      'has a tensor without a place',
      () => file({ a: { dtype: 'F32', shape: [1] } }, 4),
      /no type, shape or place for a/,
    ],
    ['has an odd shape', () => file({ a: entry('F32', [-1], 0, 4) }, 4), /no type, shape or place for a/],
    [
      'has a place that does not fit',
      () => file({ a: entry('F32', [3], 0, 8) }, 8),
      /a is F32 \[3\], but has a place of 8 bytes/,
    ],
    ['has a negative place', () => file({ a: entry('F32', [1], -4, 0) }, 4), /a is F32 \[1\]/],
    [
      'has tensors that overlap',
      () => file({ a: entry('F32', [2], 0, 8), b: entry('F32', [2], 4, 12) }, 12),
      /b overlaps with the tensor before it/,
    ],
    [
      'has a gap',
      () => file({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 8, 12) }, 12),
      /b leaves a gap before it/,
    ],
    [
      'is cut off',
      () => file({ a: entry('F32', [4], 0, 16) }, 10),
      /is cut off: its tensors end at byte \d+, but the file has \d+\. Fetch or copy it again/,
    ],
    [
      'goes on after its tensors',
      () => file({ a: entry('F32', [1], 0, 4) }, 7),
      /3 bytes at its end belong to no tensor/,
    ],
  ])('is refused where it %s', async (_, make, message) => {
    const name = make();
    await expect(tensorsOfFile(name)).rejects.toThrow(message);
    await expect(tensorsOfFile(name)).rejects.toThrow(name);
  });
});

describe('the tensors of a model folder', () => {
  const shards = async (map: Record<string, unknown>, ...names: string[]): Promise<string> => {
    const model = path.join(folder, String(count++));
    write(model, { 'model.safetensors.index.json': { weight_map: map } });
    for (const name of names) {
      await writeSafetensors(path.join(model, name), [
        { name: `in ${name}`, shape: [1], values: async () => new Float32Array(1) },
      ]);
    }
    return model;
  };

  it('are found in all shards that the index names', async () => {
    const model = await shards({ a: '2.safetensors', b: '1.safetensors' }, '1.safetensors', '2.safetensors');
    const tensors = await indexTensors(model);
    expect([...tensors.keys()]).toEqual(['in 1.safetensors', 'in 2.safetensors']);
  });

  it('are refused where a shard is missing, or lies outside', async () => {
    await expect(indexTensors(await shards({ a: '2.safetensors' }))).rejects.toThrow(/lacks 2\.safetensors/);
    await expect(indexTensors(await shards({ a: '../2.safetensors' }))).rejects.toThrow(
      /a file outside its folder/,
    );
    await expect(indexTensors(await shards({ a: 'x\\2.safetensors' }))).rejects.toThrow(
      /a file outside its folder/,
    );
    await expect(indexTensors(await shards({}))).rejects.toThrow(/names no files/);
  });
});

describe('writing a safetensors file', () => {
  it('gives what is read back, aligned, with the mark that transformers asks for', async () => {
    const name = path.join(folder, 'written.safetensors');
    const a = Float32Array.of(1, -0, Number.NaN, 1e-40, 3.4e38, Number.NEGATIVE_INFINITY);
    const b = new Float32Array(a.buffer, 4, 2);
    await writeSafetensors(name, [
      { name: 'ä', shape: [2, 3], values: async () => a },
      { name: 'b', shape: [2], values: async () => b },
    ]);
    const raw = readFileSync(name);
    const length = Number(raw.readBigUInt64LE());
    expect(length % 8).toBe(0);
    expect(JSON.parse(raw.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: { format: 'pt' },
      ä: entry('F32', [2, 3], 0, 24),
      b: entry('F32', [2], 24, 32),
    });
    expect(raw.subarray(8 + length, 8 + length + 24)).toEqual(Buffer.from(a.buffer));
    expect((await tensorsOfFile(name)).get('b')).toMatchObject({ offset: 8 + length + 24, length: 8 });
  });

  it('says where it may not write', async () => {
    const name = path.join(folder, 'nowhere', 'a.safetensors');
    await expect(writeSafetensors(name, [])).rejects.toThrow(/nowhere.* could not be written: ENOENT/);
  });
});
