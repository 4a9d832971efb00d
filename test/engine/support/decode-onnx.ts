/**
 * Reads protocol buffers the other way round than the writer under test: a generic decoder of the wire format, then
 * the few messages of onnx.proto by field number.
 */
type Field = { readonly number: number; readonly value: bigint | Uint8Array };

function readFields(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(position++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (position + length > bytes.length) throw new Error('a field runs over the end of its message');
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const tag = Number(varint());
    const wireType = tag % 8;
    if (wireType !== 0 && wireType !== 2 && wireType !== 5) throw new Error(`wire type ${wireType}`);
    const value = wireType === 0 ? varint() : wireType === 5 ? take(4) : take(Number(varint()));
    fields.push({ number: Math.floor(tag / 8), value });
  }
  return fields;
}

class Message {
  private readonly fields: Field[];

  constructor(bytes: Uint8Array) {
    this.fields = readFields(bytes);
  }

  all(number: number): Uint8Array[] {
    return this.fields.flatMap(({ number: n, value }) =>
      n === number && value instanceof Uint8Array ? [value] : [],
    );
  }
  messages(number: number): Message[] {
    return this.all(number).map((bytes) => new Message(bytes));
  }
  texts(number: number): string[] {
    return this.all(number).map((bytes) => new TextDecoder().decode(bytes));
  }
  text(number: number): string | undefined {
    return this.texts(number)[0];
  }
  int(number: number): number | undefined {
    const value = this.fields.find((field) => field.number === number)?.value;
    return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : undefined;
  }
  packed(number: number): number[] {
    return this.all(number).flatMap((bytes) => {
      const values: number[] = [];
      let value = 0n;
      let shift = 0n;
      for (const byte of bytes) {
        value |= BigInt(byte & 0x7f) << shift;
        shift += 7n;
        if (byte < 0x80) {
          values.push(Number(BigInt.asIntN(64, value)));
          value = 0n;
          shift = 0n;
        }
      }
      return values;
    });
  }
  float(number: number): number | undefined {
    const [bytes] = this.all(number);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }
}

function attributeValue(attribute: Message): unknown {
  const type = attribute.int(20);
  if (type === 1) return { float: attribute.float(2) };
  if (type === 2) return attribute.int(3);
  if (type === 3) return attribute.text(4);
  if (type === 7) return attribute.packed(8);
  throw new Error(`attribute type ${type}`);
}

const valueInfo = (info: Message) => {
  const [tensor] = info.messages(2).flatMap((type) => type.messages(1));
  return {
    name: info.text(1),
    elementType: tensor?.int(1),
    shape: tensor?.messages(2).flatMap((shape) => shape.messages(1).map((dimension) => dimension.int(1))),
  };
};

/** A ModelProto as plain objects. */
export function decodeModel(bytes: Uint8Array) {
  const model = new Message(bytes);
  const [graph] = model.messages(7);
  if (!graph) throw new Error('the model has no graph');
  return {
    format: model.int(1),
    operatorSets: model.messages(8).map((set) => [set.text(1), set.int(2)]),
    nodes: graph.messages(1).map((node) => ({
      operator: node.text(4),
      inputs: node.texts(1),
      outputs: node.texts(2),
      attributes: Object.fromEntries(
        node.messages(5).map((attribute) => [attribute.text(1), attributeValue(attribute)]),
      ),
    })),
    initializers: graph.messages(5).map((tensor) => ({
      name: tensor.text(8),
      elementType: tensor.int(2),
      shape: tensor.packed(1),
      raw: tensor.all(9)[0],
      external: Object.fromEntries(tensor.messages(13).map((entry) => [entry.text(1), entry.text(2)])),
      dataLocation: tensor.int(14),
    })),
    inputs: graph.messages(11).map(valueInfo),
    outputs: graph.messages(12).map(valueInfo),
  };
}
