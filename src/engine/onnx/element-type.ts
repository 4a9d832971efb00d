/** Types of tensor elements and their numbers in ONNX's `TensorProto.DataType`. */
export const ELEMENT_TYPES = {
  float32: 1,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** What a graph computes in: float32 for training, float64 for checking gradients. */
export type ComputeType = 'float32' | 'float64';

/** Elements as the little-endian bytes that `raw_data` wants. Every platform that runs Node is little-endian. */
export function elementBytes(type: ComputeType | 'int64', values: ArrayLike<number>): Uint8Array {
  if (type === 'float32') return new Uint8Array(Float32Array.from(values).buffer);
  if (type === 'float64') return new Uint8Array(Float64Array.from(values).buffer);
  return new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer);
}
