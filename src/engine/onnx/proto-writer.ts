/** How a field's value is stored: https://protobuf.dev/programming-guides/encoding/#structure */
const WIRE_TYPE = { varint: 0, lengthDelimited: 2, fixed32: 5 } as const;

/** Appends the fields of one protocol buffer message to a growing array of bytes. */
export class ProtoWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** An integer or an enumeration; a negative one takes ten bytes, as two's complement of 64 bits. */
  int(field: number, value: number): this {
    this.#tag(field, WIRE_TYPE.varint);
    this.#varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, WIRE_TYPE.fixed32);
    this.#append(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, WIRE_TYPE.lengthDelimited);
    this.#varint(value.length);
    this.#append(value);
    return this;
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.finish());
  }

  /** Repeated integers, one after another behind a common length. */
  packedInts(field: number, values: readonly number[]): this {
    const packed = new ProtoWriter();
    for (const value of values) packed.#varint(value);
    return this.message(field, packed);
  }

  /** The bytes so far; valid until the next write. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  /** Seven bits a byte, least significant first; the high bit says that more follow. */
  #varint(value: number): void {
    const digits: number[] = [];
    if (value >= 0) {
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
      digits.push(rest);
    } else {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) digits.push(Number(rest & 127n) | 128);
      digits.push(Number(rest));
    }
    this.#append(digits);
  }

  #append(values: ArrayLike<number>): void {
    const needed = this.#length + values.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.finish());
      this.#bytes = larger;
    }
    this.#bytes.set(values, this.#length);
    this.#length = needed;
  }
}
