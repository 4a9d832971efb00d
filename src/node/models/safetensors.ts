import { basename, join } from 'node:path';
import { isObject, type JsonObject } from '../files/json';
import { exists, isFile } from '../files/paths';
import { FileError, readJsonObject } from '../files/text-files';
import { broken, readSafetensorsHeader, type SafetensorsHeader, shapeOf } from './safetensors-header';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** Bytes of an element. Of a type that is not listed, the length of a tensor is not checked. */
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1 },
  ...{ U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 },
};

/** Where a tensor lies. */
export interface TensorRecord {
  readonly path: string;
  /** As the format writes it: F32, F16, BF16, I64 ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

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

async function countInFile(path: string): Promise<number> {
  const { entries } = await readSafetensorsHeader(path);
  return entries.reduce((sum, [name, entry]) => {
    const shape = shapeOf(entry);
    if (shape === undefined) throw broken(path, `${name} has no shape`);
    return sum + shape.reduce((product, size) => product * size, 1);
  }, 0);
}

/**
 * Names of the files that hold the tensors of a model folder: model.safetensors, else what its index names. This is
 * the order in which transformers looks.
 *
 * @throws FileError where there is neither, or the index is broken
 */
export async function shardNames(folder: string): Promise<string[]> {
  if ((await isFile(join(folder, SINGLE))) || !(await exists(join(folder, INDEX)))) return [SINGLE];
  const index = join(folder, INDEX);
  const { weight_map: map } = await readJsonObject(index);
  const shards = new Set<string>();
  for (const name of isObject(map) ? Object.values(map) : []) {
    // A name with folders in it would read outside the model.
    if (typeof name !== 'string' || basename(name) !== name || /[\\/]|^\.*$/.test(name)) {
      throw new FileError(
        `${index} names a file outside its folder (${String(name)}). Fetch the model again.`,
      );
    }
    shards.add(name);
  }
  if (shards.size === 0) throw new FileError(`${index} names no files. Fetch the model again.`);
  return [...shards].sort();
}

/**
 * All tensors of a model folder by name; no tensor is read.
 *
 * @throws FileError where a file is missing, cut off or contradicts itself
 */
export async function indexTensors(folder: string): Promise<ReadonlyMap<string, TensorRecord>> {
  const tensors = new Map<string, TensorRecord>();
  for (const name of await shardNames(folder)) {
    const path = join(folder, name);
    if (!(await exists(path))) {
      throw new FileError(`${folder} lacks ${name}, a part of the model's weights. Fetch the whole model.`);
    }
    for (const [tensor, record] of await tensorsOfFile(path)) {
      if (tensors.has(tensor)) throw broken(path, `${tensor} is in another file of the model too`);
      tensors.set(tensor, record);
    }
  }
  return tensors;
}

/**
 * The tensors of one `.safetensors` file by name. As the format demands, they fill the file without overlap or gap.
 *
 * @throws FileError
 */
export async function tensorsOfFile(path: string): Promise<ReadonlyMap<string, TensorRecord>> {
  const header = await readSafetensorsHeader(path);
  const tensors = header.entries.map(([name, entry]) => [name, recordOf(name, entry, path, header)] as const);
  let end = header.dataStart;
  for (const [name, record] of tensors.toSorted(
    ([, a], [, b]) => a.offset - b.offset || a.length - b.length,
  )) {
    if (record.offset !== end) {
      const fault = record.offset < end ? 'overlaps with the tensor before it' : 'leaves a gap before it';
      throw broken(path, `${name} ${fault}`);
    }
    end += record.length;
  }
  if (end > header.fileSize) {
    throw new FileError(
      `${path} is cut off: its tensors end at byte ${end}, but the file has ${header.fileSize}. Fetch or copy it again.`,
    );
  }
  if (end < header.fileSize)
    throw broken(path, `${header.fileSize - end} bytes at its end belong to no tensor`);
  return new Map(tensors);
}

function recordOf(name: string, entry: JsonObject, path: string, header: SafetensorsHeader): TensorRecord {
  const { dtype, data_offsets: offsets } = entry;
  const shape = shapeOf(entry);
  const [start, end] = Array.isArray(offsets) ? (offsets as readonly unknown[]) : [];
  if (
    typeof dtype !== 'string' ||
    shape === undefined ||
    !Number.isSafeInteger(start) ||
    !Number.isSafeInteger(end)
  ) {
    throw broken(path, `its header has no type, shape or place for ${name}`);
  }
  const length = Number(end) - Number(start);
  const width = WIDTHS[dtype];
  const expected = width === undefined ? length : shape.reduce((product, size) => product * size, width);
  if (Number(start) < 0 || length < 0 || length !== expected) {
    throw broken(path, `${name} is ${dtype} [${shape.join(', ')}], but has a place of ${length} bytes`);
  }
  return { path, dtype, shape, offset: header.dataStart + Number(start), length };
}
