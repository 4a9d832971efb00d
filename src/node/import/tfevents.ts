import { maskedCrc32c } from './crc32c';
import { bytesOf, protoFields, textOf } from './protobuf';

/** A value of a TensorBoard event file. */
export interface EventValue {
  /** Seconds since 1970. */
  readonly wall: number;
  readonly step: number;
  readonly tag: string;
  /** A scalar, or the text of a text summary. */
  readonly value: number | string;
}

/** Bytes around the data of a TFRecord: its length, the length's CRC, the data's CRC. */
const HEADER = 12;
const FOOTER = 4;

/**
 * Scalars and texts of a TensorBoard event file (TFRecord framing, `Event` messages), oldest first. A last record that is
 * not complete is being written. A record whose CRC does not fit is passed over; after a length whose CRC does not fit
 * nothing can be found any more. Never throws.
 */
export function* eventValues(file: Buffer): Generator<EventValue> {
  for (const record of tfRecords(file)) yield* valuesOf(record);
}

function* tfRecords(file: Buffer): Generator<Buffer> {
  for (let at = 0; at + HEADER + FOOTER <= file.length; ) {
    const header = file.subarray(at, at + 8);
    if (file.readUInt32LE(at + 8) !== maskedCrc32c(header)) return;
    const length = Number(header.readBigUInt64LE(0));
    const end = at + HEADER + length;
    if (end + FOOTER > file.length) return;
    const data = file.subarray(at + HEADER, end);
    if (file.readUInt32LE(end) === maskedCrc32c(data)) yield data;
    at = end + FOOTER;
  }
}

function* valuesOf(event: Buffer): Generator<EventValue> {
  let wall = 0;
  let step = 0;
  for (const { id, value } of protoFields(event)) {
    if (id === 1 && isBytes(value, 8)) wall = value.readDoubleLE(0);
    if (id === 2 && typeof value === 'number') step = value;
  }
  for (const summary of bytesOf(event, 5)) {
    for (const one of bytesOf(summary, 1)) {
      const tag = textOf(one, 1);
      const value = summaryValueOf(one);
      if (tag !== undefined && value !== undefined) yield { wall, step, tag, value };
    }
  }
}

/** `Summary.Value`: `simple_value` is field 2, `tensor` field 8, with `float_val` 5, `tensor_content` 4, `string_val` 8. */
function summaryValueOf(summaryValue: Buffer): number | string | undefined {
  for (const { id, value } of protoFields(summaryValue)) {
    if (id === 2 && isBytes(value, 4)) return float(value);
    if (id !== 8 || typeof value === 'number') continue;
    for (const part of protoFields(value)) {
      if ((part.id === 4 || part.id === 5) && isBytes(part.value, 4)) return float(part.value);
      if (part.id === 8 && typeof part.value !== 'number') return part.value.toString('utf8');
    }
  }
  return undefined;
}

/** The shortest decimal that is this float32: `0.0005` for what a trainer logged as 0.0005. */
function float(bytes: Buffer): number {
  const value = bytes.readFloatLE(0);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function isBytes(value: number | Buffer, length: number): value is Buffer {
  return typeof value !== 'number' && value.length === length;
}
