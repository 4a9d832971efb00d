import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isObject } from './json';
import { readJsonObject, regularFileSize } from './text-files';

/** The format allows 100 MB; the largest models' headers stay below a tenth of that. */
const LARGEST_HEADER = 25 * 1024 * 1024;

/**
 * Number of parameters in a model folder, summed over the headers of its safetensors files; no tensor is read.
 * Undefined where there are none, or where a shard is missing or broken: a partial sum would mislead.
 */
export async function countParameters(folder: string): Promise<number | undefined> {
  try {
    const shards = await shardNames(folder);
    const counts = await Promise.all(shards.map((name) => countInFile(join(folder, name))));
    return counts.reduce((sum, count) => sum + count, 0);
  } catch {
    return undefined;
  }
}

async function shardNames(folder: string): Promise<string[]> {
  const index = await readJsonObject(join(folder, 'model.safetensors.index.json')).catch(() => undefined);
  if (index === undefined) return ['model.safetensors'];
  const names = isObject(index.weight_map) ? Object.values(index.weight_map) : [];
  const shards = new Set<string>();
  for (const name of names) {
    // A name with folders in it would read outside the model.
    if (typeof name !== 'string' || basename(name) !== name) throw new Error(`Odd shard name in ${folder}.`);
    shards.add(name);
  }
  if (shards.size === 0) throw new Error(`The index in ${folder} names no shards.`);
  return [...shards];
}

/** Layout: 8 bytes with the header's length (little endian), then the header, a JSON object of tensors by name. */
async function countInFile(path: string): Promise<number> {
  await regularFileSize(path);
  const file = await open(path, 'r');
  try {
    const length = (await readExactly(file, 0, 8, path)).readBigUInt64LE();
    if (length > LARGEST_HEADER) throw new Error(`${path} has no safetensors header.`);
    const header: unknown = JSON.parse((await readExactly(file, 8, Number(length), path)).toString('utf8'));
    if (!isObject(header)) throw new Error(`${path} has no safetensors header.`);
    return Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .reduce((sum, [, tensor]) => sum + elements(tensor), 0);
  } finally {
    await file.close();
  }
}

async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
  path: string,
): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error(`${path} ends in its header.`);
  return buffer;
}

function elements(tensor: unknown): number {
  const shape = isObject(tensor) ? tensor.shape : undefined;
  if (!Array.isArray(shape)) throw new Error('A tensor has no shape.');
  return shape.reduce((product: number, size: unknown) => {
    if (!Number.isSafeInteger(size) || Number(size) < 0) throw new Error('A tensor has an odd shape.');
    return product * Number(size);
  }, 1);
}
