/** A field of a protobuf message: its number, and its value by wire type. */
export interface ProtoField {
  readonly id: number;
  /** Varints as a number; fixed32, fixed64 and everything with a length as bytes. */
  readonly value: number | Buffer;
}

/** The fields of a message, in order. A message that is cut or damaged ends early; never throws. */
export function* protoFields(message: Buffer): Generator<ProtoField> {
  const at = { offset: 0 };
  while (at.offset < message.length) {
    const tag = varint(message, at);
    if (tag === undefined) return;
    const value = fieldValue(message, at, tag & 7);
    if (value === undefined) return;
    yield { id: Math.floor(tag / 8), value };
  }
}

function fieldValue(message: Buffer, at: { offset: number }, wireType: number): number | Buffer | undefined {
  if (wireType === 0) return varint(message, at);
  const length = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? varint(message, at) : undefined;
  if (length === undefined || at.offset + length > message.length) return undefined;
  const start = at.offset;
  at.offset += length;
  return message.subarray(start, at.offset);
}

/** At most ten bytes. Above 2^53 it is rounded, which no step and no length reaches. */
function varint(message: Buffer, at: { offset: number }): number | undefined {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = message[at.offset++];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return value;
  }
  return undefined;
}

/** The values of one field that are bytes. */
export function bytesOf(message: Buffer, id: number): Buffer[] {
  return [...protoFields(message)].flatMap((field) =>
    field.id === id && typeof field.value !== 'number' ? [field.value] : [],
  );
}

export function textOf(message: Buffer, id: number): string | undefined {
  return bytesOf(message, id).at(-1)?.toString('utf8');
}
