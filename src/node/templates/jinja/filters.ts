import { attributeOf, byPath } from './access';
import { Arguments, type FilterEntry } from './arguments';
import { TemplateError } from './errors';
import { LIST_FILTERS } from './list-filters';
import { testNamed } from './tests';
import { textOf } from './text';
import { TEXT_FILTERS } from './text-filters';
import {
  Float,
  isTrue,
  itemsOf,
  lengthOf,
  Markup,
  type Named,
  numberOf,
  plain,
  Sequence,
  Undefined,
  type Value,
} from './values';

const filled: FilterEntry = {
  parameters: ['default_value', 'boolean'],
  run: (value, args) =>
    value instanceof Undefined || (args.flag(1, false) && !isTrue(value))
      ? (args.get(0) ?? defaultText(args))
      : value,
};

/** None may be the default. */
function defaultText(args: Arguments): Value {
  return args.get(0) === null ? null : '';
}

const GENERAL: Readonly<Record<string, FilterEntry>> = {
  default: filled,
  d: filled,
  length: { parameters: [], run: lengthOf },
  count: { parameters: [], run: lengthOf },
  safe: { parameters: [], run: (value) => new Markup(textOf(value)) },
  abs: {
    parameters: [],
    run: (value) => (value instanceof Float ? new Float(Math.abs(value.value)) : Math.abs(numbered(value))),
  },
  int: { parameters: ['default', 'base'], run: toInteger },
  float: {
    parameters: ['default'],
    run: (value, args) => new Float(parsedFloat(value) ?? numberOf(args.get(0) ?? 0) ?? 0),
  },
  round: { parameters: ['precision', 'method'], run: rounded },
  attr: { parameters: ['name'], run: (value, args) => attributeOnly(value, args.text(0)) },
};

const FILTERS: Readonly<Record<string, FilterEntry>> = { ...GENERAL, ...LIST_FILTERS, ...TEXT_FILTERS };

const KEEPS_MARKUP: ReadonlySet<string> = new Set(['default', 'd', 'escape', 'e']);

/**
 * Applies a filter of Jinja2 by its name.
 *
 * @throws TemplateError where there is none, or it cannot be applied
 */
export function applyFilter(name: string, given: Value, args: readonly Value[], named: Named): Value {
  const value = KEEPS_MARKUP.has(name) ? given : plain(given);
  switch (name) {
    case 'map':
      return generator(name, itemsIfAny(value).map(mapping(args, named)));
    case 'select':
    case 'reject':
      return generator(name, itemsIfAny(value).filter(selecting(args, name === 'select', (item) => item)));
    case 'selectattr':
    case 'rejectattr': {
      const [attribute = '', ...rest] = args;
      return generator(
        name,
        itemsIfAny(value).filter(selecting(rest, name === 'selectattr', (item) => byPath(item, attribute))),
      );
    }
  }
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (!filter) throw new TemplateError(`No filter named '${name}'.`);
  return filter.run(value, new Arguments(name, filter.parameters, args, named));
}

/** These filters do not look into a value that is false, such as None. */
function itemsIfAny(value: Value): readonly Value[] {
  return isTrue(value) ? itemsOf(value) : [];
}

function generator(name: string, items: readonly Value[]): Sequence {
  return new Sequence(items, `generator object ${name}`, false);
}

function selecting(
  [test, ...rest]: readonly Value[],
  wanted: boolean,
  part: (item: Value) => Value,
): (item: Value) => boolean {
  if (test === undefined) return (item) => isTrue(part(item)) === wanted;
  const named = testNamed(String(test));
  return (item) => named(part(item), ...rest) === wanted;
}

function mapping(args: readonly Value[], named: Named): (item: Value) => Value {
  const attribute = named.get('attribute');
  if (attribute !== undefined) {
    const otherwise = named.get('default');
    return (item) => {
      const found = byPath(item, attribute);
      return found instanceof Undefined && otherwise !== undefined ? otherwise : found;
    };
  }
  const [name, ...rest] = args;
  if (typeof name !== 'string') throw new TemplateError('map requires a filter argument');
  return (item) => applyFilter(name, item, rest, named);
}

function attributeOnly(value: Value, name: string): Value {
  // The filter looks at attributes alone, which plain data has none of but methods.
  const found = value instanceof Map && value.has(name) ? undefined : attributeOf(value, name);
  return found ?? new Undefined(`object has no attribute '${name}'`);
}

function numbered(value: Value): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  if (value instanceof Undefined) throw value.fail();
  throw new TemplateError('a number is needed');
}

function toInteger(value: Value, args: Arguments): Value {
  const otherwise = (): Value => args.get(0) ?? 0;
  if (typeof value !== 'string') {
    const number = numberOf(value);
    return number === undefined || !Number.isFinite(number) ? otherwise() : Math.trunc(number);
  }
  const text = value.trim().replace(/(?<=\d)_(?=\d)/g, '');
  const base = args.integer(1, 10);
  if (base === 10 && /^[+-]?\d+$/.test(text)) return Number(text);
  if (base === 16 && /^[+-]?(?:0x)?[\da-f]+$/i.test(text))
    return Number.parseInt(text.replace(/0x/i, ''), 16);
  if (base === 2 && /^[+-]?(?:0b)?[01]+$/i.test(text)) return Number.parseInt(text.replace(/0b/i, ''), 2);
  if (base === 8 && /^[+-]?(?:0o)?[0-7]+$/i.test(text)) return Number.parseInt(text.replace(/0o/i, ''), 8);
  const float = parsedFloat(value);
  return float === undefined || !Number.isFinite(float) ? otherwise() : Math.trunc(float);
}

function parsedFloat(value: Value): number | undefined {
  if (typeof value !== 'string') return numberOf(value);
  const text = value.trim();
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** Python rounds halves of what the float really is, and to the even digit. */
function rounded(value: Value, args: Arguments): Value {
  const [number, digits, how] = [numbered(value), args.integer(0, 0), args.text(1, 'common')];
  const scale = 10 ** digits;
  if (how === 'ceil') return new Float(Math.ceil(number * scale) / scale);
  if (how === 'floor') return new Float(Math.floor(number * scale) / scale);
  const result = digits > 0 ? Number(number.toFixed(digits)) : halfToEven(number * scale) / scale;
  return value instanceof Float ? new Float(result) : result;
}

function halfToEven(number: number): number {
  const floor = Math.floor(number);
  if (number - floor !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}
