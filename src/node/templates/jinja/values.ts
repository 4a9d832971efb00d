import { TemplateError } from './errors';
import { spend } from './limits';

/**
 * A value of Python as a template sees it. An int is a number, a list an array, a dict a map. What Jinja2 knows as an
 * iterator or a view is a `Sequence` with its own truth.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Float
  | readonly Value[]
  | Tuple
  | Dict
  | Sequence
  | Namespace
  | Callable
  | Markup
  | Undefined;

export type Dict = Map<Value, Value>;

export const NONE = null;

/** Python's float; JavaScript cannot tell 1.0 from 1. */
export class Float {
  constructor(readonly value: number) {}
}

export class Tuple {
  constructor(readonly items: readonly Value[]) {}
}

/** What a filter such as `select`, or `items()`, gives: it can be walked through, but has no index. */
export class Sequence {
  /** @param hasLength a generator has none, and is true even where it gives nothing */
  constructor(
    readonly items: readonly Value[],
    readonly name: string,
    readonly hasLength: boolean,
  ) {}
}

export class Namespace {
  constructor(readonly values: Map<string, Value>) {}
}

export type Named = ReadonlyMap<string, Value>;

export class Callable {
  constructor(
    readonly name: string,
    readonly call: (args: readonly Value[], named: Named) => Value,
    /** What a dot finds: `loop.index`. */
    readonly attribute: (name: string) => Value | undefined = () => undefined,
  ) {}
}

/** A text that counts as HTML: what is added to it is escaped. The filters `safe` and `escape` give one. */
export class Markup {
  constructor(readonly text: string) {}
}

/** The text of markup, where it makes no difference what it counts as. */
export function plain(value: Value): Exclude<Value, Markup> {
  return value instanceof Markup ? value.text : value;
}

/** What an unknown name gives. It prints nothing; most other uses are errors. */
export class Undefined {
  /** @param reason as in Jinja2: 'x' is undefined */
  constructor(readonly reason: string) {}

  fail(): TemplateError {
    return new TemplateError(this.reason);
  }
}

/** Plain data as a template sees it: JSON's numbers are floats where they have a fraction. */
export function fromJson(value: unknown): Value {
  if (value === null || value === undefined) return NONE;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? value : new Float(value);
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === 'bigint') return Number(value);
  const dict: Dict = new Map();
  for (const [key, entry] of Object.entries(value as Record<string, unknown>)) dict.set(key, fromJson(entry));
  return dict;
}

export function isTrue(given: Value): boolean {
  const value = plain(given);
  if (value instanceof Float) return value.value !== 0;
  if (isList(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof Sequence) return !value.hasLength || value.items.length > 0;
  if (value instanceof Undefined) return false;
  return Boolean(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The number that a value counts as in arithmetic: True is 1. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Float ? value.value : undefined;
}

/** Python's name of a type, as its error messages have it. */
export function typeName(value: Value): string {
  if (value === NONE) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (value instanceof Float) return 'float';
  if (isList(value)) return 'list';
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Map) return 'dict';
  if (value instanceof Sequence) return value.name;
  if (value instanceof Namespace) return 'Namespace';
  return value instanceof Undefined ? 'Undefined' : 'function';
}

/**
 * What a loop over a value gives.
 *
 * @throws TemplateError for what has no items
 */
export function itemsOf(given: Value): readonly Value[] {
  const value = plain(given);
  if (typeof value === 'string') return characters(value);
  if (isList(value)) return value;
  if (value instanceof Tuple || value instanceof Sequence) return value.items;
  if (value instanceof Map) return [...value.keys()];
  if (value instanceof Undefined) return [];
  throw new TemplateError(`'${typeName(value)}' object is not iterable`);
}

export function isIterable(value: Value): boolean {
  return (
    typeof value === 'string' ||
    isList(value) ||
    value instanceof Tuple ||
    value instanceof Sequence ||
    value instanceof Map ||
    value instanceof Undefined
  );
}

/** @throws TemplateError for what has no length */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return isSimple(value) ? value.length : characters(value).length;
  if (value instanceof Map) return value.size;
  if (value instanceof Sequence && !value.hasLength) throw noLength(value);
  if (isIterable(value)) return itemsOf(value).length;
  throw noLength(value);
}

function noLength(value: Value): TemplateError {
  return new TemplateError(`object of type '${typeName(value)}' has no len()`);
}

const SURROGATE = /[\ud800-\udfff]/;

/** Every character is one of JavaScript's, too. */
export function isSimple(text: string): boolean {
  return !SURROGATE.test(text);
}

/** Python's characters are code points. */
export function characters(text: string): string[] {
  return isSimple(text) ? text.split('') : Array.from(text);
}

/** Python's ==: lists and dicts are equal where their items are, and 1, 1.0 and True are equal. */
export function isEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  spend();
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x === y;
  if (isList(a) && isList(b)) return areEqual(a, b);
  if (a instanceof Tuple && b instanceof Tuple) return areEqual(a.items, b.items);
  if (a instanceof Map && b instanceof Map) {
    if (a.size !== b.size) return false;
    for (const [key, value] of a) {
      const other = b.get(key);
      if (other === undefined || !isEqual(value, other)) return false;
    }
    return true;
  }
  return a instanceof Undefined && b instanceof Undefined;
}

function areEqual(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => isEqual(item, b[index] as Value));
}

/** A key of a dict: 1, 1.0 and True are one key. */
export function keyOf(value: Value): Value {
  if (value instanceof Float && Number.isInteger(value.value)) return value.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isList(value) || value instanceof Map) throw new TemplateError(`unhashable type: '${typeName(value)}'`);
  return value;
}

/**
 * Less than 0, 0 or more than 0.
 *
 * @throws TemplateError for values that have no order
 */
export function compare(a: Value, b: Value): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const [list, other] = [sequenceItems(a), sequenceItems(b)];
  if (list && other && typeName(a) === typeName(b)) {
    for (const [index, item] of list.entries()) {
      if (index >= other.length) return 1;
      if (!isEqual(item, other[index] as Value)) return compare(item, other[index] as Value);
    }
    return list.length - other.length;
  }
  for (const value of [a, b]) if (value instanceof Undefined) throw value.fail();
  throw new TemplateError(`'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function sequenceItems(value: Value): readonly Value[] | undefined {
  return isList(value) ? value : value instanceof Tuple ? value.items : undefined;
}

/** By code points, where JavaScript compares halves of them. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (isSimple(a) && isSimple(b)) return a < b ? -1 : 1;
  const [x, y] = [Array.from(a), Array.from(b)];
  const at = x.findIndex((character, index) => character !== y[index]);
  if (at < 0) return -1;
  return (x[at]?.codePointAt(0) ?? 0) - (y[at]?.codePointAt(0) ?? -1);
}
