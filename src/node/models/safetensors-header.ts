import { type FileHandle, open } from 'node:fs/promises';
import { isObject, type JsonObject } from '../files/json';
import { FileError, fileError, messageOf, regularFileSize } from '../files/text-files';

/** The format allows 100 MB; the largest models' headers stay below a tenth of that. */
const LARGEST_HEADER = 25 * 1024 * 1024;

/** A header as it stands in a file; what the entries claim is not checked. */
export interface SafetensorsHeader {
  /** By tensor name, without `__metadata__`. */
  readonly entries: readonly (readonly [string, JsonObject])[];
  /** Where the tensors begin: bytes from the start of the file. */
  readonly dataStart: number;
  /** Bytes. */
  readonly fileSize: number;
}

/**
 * Reads the header of a `.safetensors` file: 8 bytes with its length (little endian), then a JSON object of tensors by
 * name (https://huggingface.co/docs/safetensors, "Format").
 *
 * @throws FileError where the file cannot be read or has no such header
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const fileSize = await regularFileSize(path);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw fileError(error, path);
  });
  try {
    if (fileSize < 8) throw broken(path, `it has ${fileSize} bytes, fewer than the shortest header`);
    const length = Number((await readExactly(file, 0, 8)).readBigUInt64LE());
    if (length > fileSize - 8) {
      throw broken(path, `its header would be ${length} bytes long, but the file has ${fileSize}`);
    }
    if (length > LARGEST_HEADER) throw broken(path, `its header would be ${length} bytes long`);
    const header = parse((await readExactly(file, 8, length)).toString('utf8'), path);
    const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
    return {
      entries: entries.map(([name, entry]) => {
        if (isObject(entry)) return [name, entry];
        throw broken(path, `its header says nothing about ${name}`);
      }),
      dataStart: 8 + length,
      fileSize,
    };
  } finally {
    await file.close();
  }
}

/** A `.safetensors` file that cannot be what it claims; `why` continues the sentence. */
export function broken(path: string, why: string): FileError {
  return new FileError(`${path} is damaged or no safetensors file: ${why}. Fetch or save it again.`);
}

function parse(text: string, path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(path, `its header is not JSON (${messageOf(error)})`);
  }
  if (isObject(value)) return value;
  throw broken(path, 'its header is no JSON object');
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer;
}

/** Number of elements of a tensor, or undefined where the entry has no sound shape. */
export function shapeOf(entry: JsonObject): readonly number[] | undefined {
  const { shape } = entry;
  if (!Array.isArray(shape)) return undefined;
  const sizes = shape as readonly unknown[];
  return sizes.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)
    ? sizes.map(Number)
    : undefined;
}
