import type { ElementType } from '../../engine/onnx/element-type';

/** The values of all 65,536 float16 patterns (IEEE 754: 1 sign bit, 5 of exponent, 10 of fraction). */
const FLOAT16 = Float32Array.from({ length: 65536 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/**
 * Elements as float32.
 *
 * @param bytes little endian, at the start of their buffer; float32 is not copied
 */
export function float32Of(bytes: Uint8Array, type: ElementType): Float32Array {
  const { buffer } = bytes;
  switch (type) {
    case 'float32':
      return new Float32Array(buffer);
    case 'bfloat16':
      return fromBfloat16(new Uint16Array(buffer));
    case 'float16':
      return fromFloat16(new Uint16Array(buffer));
    default:
      throw new Error(`Weights of type ${type} are not read.`);
  }
}

/** A bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = FLOAT16[halves[i] ?? 0] ?? 0;
  return values;
}
