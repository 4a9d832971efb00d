import { open } from 'node:fs/promises';
import type { ElementType } from '../../engine/onnx/element-type';
import { fileError } from '../../node/files/text-files';
import { type TensorRecord, tensorsOfFile } from '../../node/models/safetensors';
import { TrainingError } from '../training-error';
import { float32Of } from './half-floats';

/** Where a tensor lies in a `.safetensors` file. */
export interface StoredTensor {
  /** Absolute. */
  readonly path: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/** Bytes read at once. */
const CHUNK = 64 * 1024 * 1024;

/** @throws TrainingError where the type is none that a model is trained from */
export function storedTensor(name: string, { dtype, ...place }: TensorRecord): StoredTensor {
  const elementType = ELEMENT_TYPES[dtype];
  if (elementType !== undefined) return { ...place, elementType };
  throw new TrainingError(
    `${place.path} holds ${name} as ${dtype}; F32, F16 and BF16 are supported. Name the model in one of these types, not a quantised one.`,
  );
}

/**
 * The tensors of one `.safetensors` file by name.
 *
 * @throws FileError where the file is missing or damaged
 * @throws TrainingError where one has another type than F32, F16 or BF16
 */
export async function indexSafetensors(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const records = await tensorsOfFile(path);
  return new Map([...records].map(([name, record]) => [name, storedTensor(name, record)]));
}

/**
 * The values of a tensor, exactly: float16 and bfloat16 are subsets of float32.
 *
 * @throws FileError where the file cannot be read or has become shorter
 */
export async function readTensor(tensor: StoredTensor): Promise<Float32Array> {
  return float32Of(await readBytes(tensor), tensor.elementType);
}

/** The bytes of a tensor in memory of their own, so that they are aligned. */
async function readBytes({ path, offset, length }: StoredTensor): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const file = await open(path, 'r').catch((error: unknown) => {
    throw fileError(error, path);
  });
  try {
    for (let read = 0; read < length; ) {
      const { bytesRead } = await file.read(bytes, read, Math.min(CHUNK, length - read), offset + read);
      if (bytesRead === 0) throw new TrainingError(`${path} was cut off while it was read. Fetch it again.`);
      read += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes;
}
