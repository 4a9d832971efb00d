import { TemplateError } from './errors';
import { isTrue, type Named, numberOf, typeName, Undefined, type Value } from './values';

/** Arguments of a call of Python, found by place or by name. */
export class Arguments {
  private readonly values: (Value | undefined)[];

  /**
   * @param names of the parameters, in their order
   * @throws TemplateError where one is given twice, or is none of these
   */
  constructor(
    private readonly called: string,
    names: readonly string[],
    positional: readonly Value[],
    named: Named,
  ) {
    if (positional.length > names.length) {
      throw new TemplateError(`${called}() takes at most ${names.length} arguments`);
    }
    this.values = names.map((name, index) =>
      index < positional.length ? positional[index] : named.get(name),
    );
    for (const name of named.keys()) {
      const index = names.indexOf(name);
      if (index < 0) throw new TemplateError(`${called}() got an unexpected keyword argument '${name}'`);
      if (index < positional.length) throw new TemplateError(`${called}() got '${name}' twice`);
    }
  }

  get(index: number): Value | undefined {
    return this.values[index];
  }

  required(index: number): Value {
    const value = this.values[index];
    if (value === undefined) throw new TemplateError(`${this.called}() lacks an argument`);
    return value;
  }

  text(index: number, otherwise?: string): string {
    const value = this.values[index] ?? otherwise;
    if (typeof value === 'string') return value;
    if (value instanceof Undefined) throw value.fail();
    throw new TemplateError(
      `${this.called}() needs a string, not '${value === undefined ? 'nothing' : typeName(value)}'`,
    );
  }

  /** None counts as missing. */
  optionalText(index: number): string | undefined {
    return (this.values[index] ?? null) === null ? undefined : this.text(index);
  }

  integer(index: number, otherwise: number): number {
    return this.optionalInteger(index) ?? otherwise;
  }

  optionalInteger(index: number): number | undefined {
    const value = this.values[index];
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'object' ? undefined : numberOf(value);
    if (number === undefined)
      throw new TemplateError(`${this.called}() needs an int, not '${typeName(value)}'`);
    return number;
  }

  flag(index: number, otherwise: boolean): boolean {
    const value = this.values[index];
    return value === undefined ? otherwise : isTrue(value);
  }
}

/** A filter that takes its arguments by place or name. */
export interface FilterEntry {
  readonly parameters: readonly string[];
  readonly run: (value: Value, args: Arguments) => Value;
}
