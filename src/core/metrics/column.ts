type Numbers = Uint32Array | Float32Array;

/** Numbers in a typed array that grows by half when it is full, so that appending costs the same however many there are. */
export class Column<T extends Numbers> {
  #numbers: T;
  #length = 0;

  constructor(private readonly make: new (length: number) => T) {
    this.#numbers = new make(64);
  }

  get length(): number {
    return this.#length;
  }

  /** Undefined where there are none. */
  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.#numbers[this.#length - 1];
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) this.#grow(Math.ceil(this.#length * 1.5));
    this.#numbers[this.#length++] = value;
  }

  /** Makes room for so many times what is there. Memory that is never written to is not taken from the system. */
  reserve(times: number): void {
    const room = Math.ceil(this.#length * times);
    if (room > this.#numbers.length) this.#grow(room);
  }

  #grow(room: number): void {
    const grown = new this.make(room);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }

  append(values: ArrayLike<number>): void {
    const length = this.#length + values.length;
    if (length > this.#numbers.length) this.#grow(Math.max(length, Math.ceil(this.#length * 1.5)));
    this.#numbers.set(values, this.#length);
    this.#length = length;
  }

  replaceLast(value: number): void {
    this.#numbers[this.#length - 1] = value;
  }

  /** Forgets all but the first ones. */
  truncate(length: number): void {
    this.#length = Math.min(length, this.#length);
  }

  /** The numbers themselves, not a copy: they hold until something is appended or taken away. */
  view(length: number = this.#length): T {
    return this.#numbers.subarray(0, length) as T;
  }
}
