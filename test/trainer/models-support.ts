import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readLlamaConfig } from '../../src/core/model-config/llama-config';
import { parameterShapes } from '../../src/engine/model/parameters';
import { sizeOf } from '../../src/engine/shape';
import type { Place } from '../../src/trainer/models/place';
import { Random } from '../engine/support/random';
import { TINY_CONFIG } from '../engine/support/tiny-model';
import { write } from '../node/support';

export type Dtype = 'F32' | 'F16' | 'BF16';
export type Weights = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly values: Float32Array }
>;

export const noProgress = (): void => {};

export function placeIn(folder: string, env: Record<string, string> = {}): Place {
  return { baseFolder: folder, dataFolder: path.join(folder, '.dpo'), env: { HF_HUB_OFFLINE: '1', ...env } };
}

/** Random weights of the tiny model: multiples of 1/16, which every type holds exactly. */
export function tinyWeights(fields: Readonly<Record<string, unknown>> = {}, seed = 3): Weights {
  const random = new Random(seed);
  const shapes = parameterShapes(readLlamaConfig({ ...TINY_CONFIG, ...fields }));
  return new Map(
    [...shapes].map(([name, shape]) => {
      const noise = random.normals(sizeOf(shape), 0.3);
      return [name, { shape, values: Float32Array.from(noise, (x) => Math.round(x * 16) / 16) }];
    }),
  );
}

/** Writes a model folder with config, weights and tokenizer. */
export function writeTinyModel(
  folder: string,
  fields: Readonly<Record<string, unknown>> = {},
  weights: Weights = tinyWeights(fields),
  dtype: Dtype = 'F32',
): string {
  return write(folder, {
    'config.json': { ...TINY_CONFIG, torch_dtype: 'bfloat16', ...fields },
    'generation_config.json': { eos_token_id: 2 },
    'tokenizer.json': { version: '1.0' },
    'tokenizer_config.json': { eos_token: '</s>' },
    'chat_template.jinja': '{{ messages }}',
    'model.safetensors': safetensorsOf(weights, dtype),
  });
}

export function safetensorsOf(weights: Weights, dtype: Dtype = 'F32'): Uint8Array {
  let end = 0;
  const parts: Uint8Array[] = [];
  const header: Record<string, unknown> = {};
  for (const [name, { shape, values }] of weights) {
    const bytes = encode(values, dtype);
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

/** The weights of a file of float32 tensors, read without the code under test. */
export function readWeights(file: string): Map<string, Float32Array> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            data_offsets: [from, to],
          },
        ]) => [name, new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer)],
      ),
  );
}

function encode(values: Float32Array, dtype: Dtype): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.slice().buffer);
  const bits = new Uint32Array(values.slice().buffer);
  const halves = dtype === 'BF16' ? bits.map((x) => x >>> 16) : bits.map(halfBits);
  return new Uint8Array(Uint16Array.from(halves).buffer);
}

/** Of a float32 that a normal float16 holds exactly, or 0. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  return exponent === -127 ? sign : sign | ((exponent + 15) << 10) | ((bits >>> 13) & 0x3ff);
}
