import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type LlamaConfig, readLlamaConfig } from '../../../src/core/model-config/llama-config';
import { type Tuning, trainedLayout } from '../../../src/engine/model/layout';
import { parameterShapes } from '../../../src/engine/model/parameters';
import { sizeOf } from '../../../src/engine/shape';
import type { StoredTensor } from '../../../src/trainer/models/stored-tensor';
import type { Device } from '../../../src/trainer/runtime/device';
import type { RuntimeModel } from '../../../src/trainer/runtime/session-cache';
import { Random } from '../../engine/support/random';
import { TINY_CONFIG } from '../../engine/support/tiny-model';

export const CPU: Device = { provider: 'cpu', profile: 'fast', threads: 1, words: 'processor' };
/** The end-of-sequence token. */
export const END = 2;

export interface Weights {
  readonly config: LlamaConfig;
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Random weights that bfloat16 can hold, so that a model may be stored in either. */
export function randomWeights(fields: Readonly<Record<string, unknown>> = {}): Weights {
  const config = readLlamaConfig({ ...TINY_CONFIG, ...fields });
  const random = new Random(5);
  const values = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(config)) {
    const isNorm = name.endsWith('norm.weight');
    const noise = random.normals(sizeOf(shape), 0.3).map((x) => (isNorm ? 1 + x : x));
    const array = Float32Array.from(noise);
    new Uint32Array(array.buffer).forEach((bits, i, all) => {
      all[i] = bits & 0xffff0000;
    });
    values.set(name, array);
  }
  return { config, values };
}

/** Writes weights as `.safetensors`, in two shards. */
export function writeModel(
  folder: string,
  { config, values }: Weights,
  elementType: 'float32' | 'bfloat16' = 'float32',
): RuntimeModel {
  const tensors = new Map<string, StoredTensor>();
  const names = [...values.keys()];
  for (const shard of [0, 1]) {
    const part = names.filter((_, index) => index % 2 === shard);
    const header: Record<string, unknown> = {};
    let offset = 0;
    const data = part.map((name) => {
      const bytes = stored(values.get(name) ?? new Float32Array(), elementType);
      const shape = parameterShapes(config).get(name) ?? [];
      header[name] = {
        dtype: elementType === 'float32' ? 'F32' : 'BF16',
        shape,
        data_offsets: [offset, offset + bytes.length],
      };
      const file = path.join(folder, `${elementType}-${shard}.safetensors`);
      tensors.set(name, { path: file, elementType, shape, offset, length: bytes.length });
      offset += bytes.length;
      return bytes;
    });
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    for (const name of part) {
      const tensor = tensors.get(name);
      if (tensor) tensors.set(name, { ...tensor, offset: tensor.offset + 8 + text.length });
    }
    writeFileSync(
      path.join(folder, `${elementType}-${shard}.safetensors`),
      Buffer.concat([size, text, ...data]),
    );
  }
  return { name: 'tiny', config, tensors };
}

/** Parameters to start from: the stored weights, or an adapter; PEFT's B = 0 unless it shall differ from the model. */
export function startOf({ config, values }: Weights, tuning: Tuning, scaleOfB = 0): Float32Array {
  const layout = trainedLayout(config, tuning);
  const parameters = new Float32Array(layout.size);
  const random = new Random(11);
  for (const { name, offset, size } of layout.slices) {
    const fresh = random.normals(size, name.endsWith('lora_B.weight') ? scaleOfB : 0.2);
    parameters.set(values.get(name) ?? fresh, offset);
  }
  return parameters;
}

function stored(values: Float32Array, elementType: 'float32' | 'bfloat16'): Buffer {
  if (elementType === 'float32') return Buffer.from(values.buffer);
  const upperHalves = Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
  return Buffer.from(upperHalves.buffer);
}
