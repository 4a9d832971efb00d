import { open } from 'node:fs/promises';
import { writeError } from '../files/write-error';

/** A tensor to write: its values are asked for when their turn comes, so that one at a time is in memory. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: () => Promise<Float32Array>;
}

/** Bytes of a tensor in a file. */
export function storedLength({ shape }: TensorToWrite): number {
  return shape.reduce((product, size) => product * size, 4);
}

/**
 * Writes a `.safetensors` file of float32 tensors in the given order, and lets the system put it on the disk before it
 * returns. The header is filled up with spaces to a multiple of 8 bytes, so that the tensors are aligned.
 *
 * @throws FileError where the file cannot be written; a part of it may be left
 */
export async function writeSafetensors(path: string, tensors: readonly TensorToWrite[]): Promise<void> {
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw writeError(error, path);
  });
  try {
    await file.appendFile(headerOf(tensors));
    for (const tensor of tensors) {
      const values = await tensor.values();
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      if (bytes.length !== storedLength(tensor))
        throw new Error(`${tensor.name} has another size than its shape.`);
      await file.appendFile(bytes);
    }
    await file.sync();
  } catch (error) {
    throw writeError(error, path);
  } finally {
    await file.close();
  }
}

function headerOf(tensors: readonly TensorToWrite[]): Uint8Array {
  let offset = 0;
  const entries = tensors.map((tensor) => {
    const start = offset;
    offset += storedLength(tensor);
    return [tensor.name, { dtype: 'F32', shape: tensor.shape, data_offsets: [start, offset] }] as const;
  });
  // transformers refuses a file that does not say which framework's layout it has.
  const header = Object.fromEntries([['__metadata__', { format: 'pt' }], ...entries]);
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  json.copy(padded, 8);
  return padded;
}
