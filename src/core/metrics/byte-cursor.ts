const [SPACE, TAB, CARRIAGE_RETURN, QUOTE, BACKSLASH] = [0x20, 0x09, 0x0d, 0x22, 0x5c];
const [MINUS, PLUS, POINT, ZERO, LOWER_E, UPPER_E] = [0x2d, 0x2b, 0x2e, 0x30, 0x65, 0x45];

/** Integers below it are exact in double precision, and stay so when four more digits are added. */
const FULL = 1e11;
/** Powers of ten that double precision holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** At least four bytes to be compared four at a time; the last four may overlap those before. */
export interface Literal {
  readonly length: number;
  readonly words: Uint32Array;
  readonly lastWord: number;
}

/** @param text at least four characters */
export function literal(text: string): Literal {
  const bytes = Uint8Array.from(new TextEncoder().encode(text));
  const { length } = bytes;
  const view = new DataView(bytes.buffer);
  const words = Uint32Array.from({ length: length >> 2 }, (_, index) => view.getUint32(4 * index, true));
  return { length, words, lastWord: view.getUint32(length - 4, true) };
}

/** Reads JSON from bytes, a piece at a time. Where a piece is not there, the cursor stays. */
export class ByteCursor {
  at = 0;
  /** That was taken last. */
  number = 0;
  #bytes: Uint8Array = new Uint8Array();
  #words: DataView = new DataView(new ArrayBuffer(0));

  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skipSpace(): void {
    for (let byte = this.#bytes[this.at]; byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN; )
      byte = this.#bytes[++this.at];
  }

  /** Takes this byte, and space before it. */
  takes(byte: number): boolean {
    if (this.#bytes[this.at] !== byte) {
      this.skipSpace();
      if (this.#bytes[this.at] !== byte) return false;
    }
    this.at++;
    return true;
  }

  takesLiteral({ length, words, lastWord }: Literal): boolean {
    const at = this.at;
    const end = at + length;
    if (end > this.#bytes.length) return false;
    for (let index = 0; index < words.length; index++)
      if (this.#words.getUint32(at + 4 * index, true) !== words[index]) return false;
    if (this.#words.getUint32(end - 4, true) !== lastWord) return false;
    this.at = end;
    return true;
  }

  /** Takes a string without escapes. */
  takesString(): boolean {
    if (this.#bytes[this.at] !== QUOTE) return false;
    for (let at = this.at + 1; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (byte === BACKSLASH || byte < SPACE) return false;
      if (byte !== QUOTE) continue;
      this.at = at + 1;
      return true;
    }
    return false;
  }

  /** Takes a number. Of a long fraction 12 to 15 digits count, more than single precision can tell. */
  takesNumber(): boolean {
    const [bytes, words, start] = [this.#bytes, this.#words, this.at];
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let mantissa = 0;
    let exponent = 0;
    for (; isDigit(bytes[at]); at++) mantissa = mantissa * 10 + (bytes[at] ?? 0) - ZERO;
    if (at === first || (bytes[first] === ZERO && at > first + 1)) return false;
    if (bytes[at] === POINT) {
      const fraction = ++at;
      const lastWord = bytes.length - 4;
      // Four digits at a time, each a byte of a word.
      for (; mantissa < FULL && at <= lastWord; at += 4) {
        const word = words.getUint32(at, true);
        if (!areDigits(word)) break;
        const pairs = Math.imul(word & 0x0f0f0f0f, 2561) >>> 8;
        mantissa = mantissa * 10_000 + (Math.imul(pairs & 0x00ff00ff, 6_553_601) >>> 16);
      }
      for (; mantissa < FULL && isDigit(bytes[at]); at++) mantissa = mantissa * 10 + (bytes[at] ?? 0) - ZERO;
      exponent = fraction - at;
      while (isDigit(bytes[at])) at++;
      if (at === fraction) return false;
    }
    if (bytes[at] === LOWER_E || bytes[at] === UPPER_E) {
      const sign = bytes[++at];
      if (sign === MINUS || sign === PLUS) at++;
      const digits = at;
      let power = 0;
      for (; isDigit(bytes[at]); at++) power = power * 10 + (bytes[at] ?? 0) - ZERO;
      if (at === digits) return false;
      exponent += sign === MINUS ? -power : power;
    }
    this.at = at;
    if (exponent < -22 || exponent > 22) {
      this.number = Number(String.fromCharCode(...bytes.subarray(start, at)));
    } else {
      const power = POWERS[exponent < 0 ? -exponent : exponent] ?? 1;
      const value = exponent < 0 ? mantissa / power : mantissa * power;
      this.number = isNegative ? -value : value;
    }
    return true;
  }
}

/** Whether all four bytes of a word are digits. */
function areDigits(word: number): boolean {
  return (word & (word + 0x06060606) & 0xf0f0f0f0) === 0x30303030;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}
