/** A model that the engine cannot build; the message says why and what would do. */
export class UnsupportedModelError extends Error {
  override readonly name = 'UnsupportedModelError';
}

/** The fields of a JSON object, read with the type that is expected of them. `null` counts as absent. */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(json: unknown) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new UnsupportedModelError('config.json does not hold an object');
    }
    this.#fields = { ...json };
  }

  has(key: string): boolean {
    return (this.#fields[key] ?? null) !== null;
  }

  /** Written down, if only as `null`. */
  names(key: string): boolean {
    return key in this.#fields;
  }

  number(key: string): number | undefined {
    return this.#typed(key, 'number', (value) => typeof value === 'number' && Number.isFinite(value));
  }

  /** A whole number above 0. */
  count(key: string): number {
    const value = this.optionalCount(key);
    if (value === undefined) throw new UnsupportedModelError(`config.json has no ${key}`);
    return value;
  }

  optionalCount(key: string): number | undefined {
    return this.#typed(key, 'whole number above 0', (value) => Number.isInteger(value) && Number(value) > 0);
  }

  flag(key: string): boolean | undefined {
    return this.#typed(key, 'boolean', (value) => typeof value === 'boolean');
  }

  text(key: string): string | undefined {
    return this.#typed(key, 'string', (value) => typeof value === 'string');
  }

  texts(key: string): readonly string[] {
    const isTexts = (value: unknown) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string');
    return this.#typed(key, 'list of strings', isTexts) ?? [];
  }

  numbers(key: string): readonly number[] | undefined {
    const isNumbers = (value: unknown) =>
      Array.isArray(value) && value.every((item) => typeof item === 'number');
    return this.#typed(key, 'list of numbers', isNumbers);
  }

  /** The fields of an object inside, or none. */
  inside(key: string): Fields {
    return new Fields(this.#fields[key] ?? {});
  }

  #typed<T>(key: string, expected: string, holds: (value: unknown) => boolean): T | undefined {
    const value = this.#fields[key];
    if (value === undefined || value === null) return undefined;
    if (!holds(value)) {
      throw new UnsupportedModelError(`config.json: ${key} is ${JSON.stringify(value)}, not a ${expected}`);
    }
    return value as T;
  }
}
