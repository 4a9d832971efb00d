import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { StoredWeight } from '../../../src/engine/model/model-tensors';

/** A recorded `.safetensors` file: where its tensors lie, and their values. */
export class Safetensors {
  readonly data: Buffer;
  private readonly header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  private readonly start: number;

  constructor(readonly file: string) {
    this.data = readFileSync(file);
    const headerLength = Number(this.data.readBigUInt64LE(0));
    this.start = 8 + headerLength;
    this.header = JSON.parse(this.data.toString('utf8', 8, this.start));
  }

  /** Where a weight is, as an ONNX model names it. */
  place(name: string): StoredWeight {
    const entry = this.header[name];
    if (entry?.dtype !== 'F32') throw new Error(`${this.file} has no float32 tensor ${name}`);
    const [from, to] = entry.data_offsets;
    return {
      elementType: 'float32',
      location: path.basename(this.file),
      offset: this.start + from,
      length: to - from,
    };
  }

  /** Of every tensor in the file. */
  shapes(): Record<string, number[]> {
    const tensors = Object.entries(this.header).filter(([name]) => name !== '__metadata__');
    return Object.fromEntries(tensors.map(([name, { shape }]) => [name, shape]));
  }

  values(name: string): Float64Array {
    const { offset, length } = this.place(name);
    return Float64Array.from(
      new Float32Array(new Uint8Array(this.data.subarray(offset, offset + length)).buffer),
    );
  }
}
