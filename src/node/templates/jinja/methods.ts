import { Arguments } from './arguments';
import { TemplateError } from './errors';
import { formatBraces } from './format';
import { checkLength, spendOnText } from './limits';
import { SPACE, trimEnd, trimStart } from './spaces';
import { lines, partition, split, splitFromEnd } from './split';
import {
  Callable,
  characters,
  type Dict,
  isEqual,
  isSimple,
  itemsOf,
  type Named,
  NONE,
  Sequence,
  Tuple,
  Undefined,
  type Value,
} from './values';

type Method = {
  readonly parameters: readonly string[];
  readonly run: (text: string, args: Arguments) => Value;
};

/** Python's methods of str that do not change what they are called on. */
const TEXT_METHODS: Readonly<Record<string, Method>> = {
  upper: { parameters: [], run: (text) => text.toUpperCase() },
  lower: { parameters: [], run: (text) => text.toLowerCase() },
  casefold: { parameters: [], run: (text) => text.replaceAll('ß', 'ss').toLowerCase() },
  capitalize: { parameters: [], run: capitalized },
  title: { parameters: [], run: titled },
  swapcase: {
    parameters: [],
    run: (text) => text.replace(/./gsu, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())),
  },
  strip: { parameters: ['chars'], run: (text, args) => strip(text, args.optionalText(0), true, true) },
  lstrip: { parameters: ['chars'], run: (text, args) => strip(text, args.optionalText(0), true, false) },
  rstrip: { parameters: ['chars'], run: (text, args) => strip(text, args.optionalText(0), false, true) },
  split: {
    parameters: ['sep', 'maxsplit'],
    run: (text, args) => split(text, args.optionalText(0), args.integer(1, -1)),
  },
  rsplit: {
    parameters: ['sep', 'maxsplit'],
    run: (text, args) => splitFromEnd(text, args.optionalText(0), args.integer(1, -1)),
  },
  splitlines: { parameters: ['keepends'], run: (text, args) => lines(text, args.flag(0, false)) },
  partition: {
    parameters: ['sep'],
    run: (text, args) => partition(text, args.text(0), text.indexOf(args.text(0))),
  },
  rpartition: {
    parameters: ['sep'],
    run: (text, args) => partition(text, args.text(0), text.lastIndexOf(args.text(0)), true),
  },
  replace: {
    parameters: ['old', 'new', 'count'],
    run: (text, args) => replace(text, args.text(0), args.text(1), args.integer(2, -1)),
  },
  startswith: {
    parameters: ['prefix', 'start', 'end'],
    run: (text, args) => affix(text, args, 'startsWith'),
  },
  endswith: { parameters: ['suffix', 'start', 'end'], run: (text, args) => affix(text, args, 'endsWith') },
  removeprefix: {
    parameters: ['prefix'],
    run: (text, args) => (text.startsWith(args.text(0)) ? text.slice(args.text(0).length) : text),
  },
  removesuffix: {
    parameters: ['suffix'],
    run: (text, args) =>
      args.text(0) !== '' && text.endsWith(args.text(0)) ? text.slice(0, -args.text(0).length) : text,
  },
  join: { parameters: ['iterable'], run: (text, args) => join(text, itemsOf(args.required(0))) },
  count: { parameters: ['sub'], run: (text, args) => countOf(text, args.text(0)) },
  find: { parameters: ['sub'], run: (text, args) => place(text, text.indexOf(args.text(0))) },
  rfind: { parameters: ['sub'], run: (text, args) => place(text, text.lastIndexOf(args.text(0))) },
  index: { parameters: ['sub'], run: (text, args) => found(place(text, text.indexOf(args.text(0)))) },
  rindex: { parameters: ['sub'], run: (text, args) => found(place(text, text.lastIndexOf(args.text(0)))) },
  center: { parameters: ['width', 'fillchar'], run: (text, args) => pad(text, args, 'both') },
  ljust: { parameters: ['width', 'fillchar'], run: (text, args) => pad(text, args, 'end') },
  rjust: { parameters: ['width', 'fillchar'], run: (text, args) => pad(text, args, 'start') },
  zfill: {
    parameters: ['width'],
    run: (text, args) => {
      checkLength(args.integer(0, 0));
      const sign = /^[+-]/.exec(text)?.[0] ?? '';
      return sign + text.slice(sign.length).padStart(args.integer(0, 0) - sign.length, '0');
    },
  },
  isdigit: {
    parameters: [],
    run: (text) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u.test(text),
  },
  isdecimal: { parameters: [], run: (text) => /^\p{Nd}+$/u.test(text) },
  isnumeric: { parameters: [], run: (text) => /^\p{N}+$/u.test(text) },
  isalpha: { parameters: [], run: (text) => /^\p{L}+$/u.test(text) },
  isalnum: { parameters: [], run: (text) => /^[\p{L}\p{N}]+$/u.test(text) },
  isascii: { parameters: [], run: (text) => /^\p{ASCII}*$/u.test(text) },
  isspace: { parameters: [], run: (text) => new RegExp(`^${SPACE}+$`, 'u').test(text) },
  islower: { parameters: [], run: (text) => isLower(text) },
  isupper: { parameters: [], run: (text) => isUpper(text) },
  istitle: { parameters: [], run: (text) => /\p{L}/u.test(text) && titled(text) === text },
};

export function textMethod(text: string, name: string): Callable | undefined {
  if (name === 'format') return new Callable(name, (args, named) => formatBraces(text, args, named));
  const method = Object.hasOwn(TEXT_METHODS, name) ? TEXT_METHODS[name] : undefined;
  if (!method) return undefined;
  return new Callable(name, (args, named) => {
    spendOnText(text.length);
    return method.run(text, new Arguments(name, method.parameters, args, named));
  });
}

/** What the sandbox of transformers keeps templates from doing. */
const CHANGING = new Map([
  ['dict', ['clear', 'pop', 'popitem', 'setdefault', 'update']],
  ['list', ['append', 'clear', 'pop', 'reverse', 'insert', 'sort', 'extend', 'remove']],
]);

function changing(type: string, name: string): Undefined | undefined {
  if (!CHANGING.get(type)?.includes(name)) return undefined;
  return new Undefined(`access to attribute '${name}' of '${type}' object is unsafe.`);
}

export function dictMethod(dict: Dict, name: string): Value | undefined {
  switch (name) {
    case 'get':
      return method(name, ['key', 'default'], (args) => {
        const value = dict.get(args.required(0));
        return value === undefined ? (args.get(1) ?? NONE) : value;
      });
    case 'items':
      return method(name, [], () => new Sequence(dictItems(dict), 'dict_items', true));
    case 'keys':
      return method(name, [], () => new Sequence([...dict.keys()], 'dict_keys', true));
    case 'values':
      return method(name, [], () => new Sequence([...dict.values()], 'dict_values', true));
    case 'copy':
      return method(name, [], () => new Map(dict));
  }
  return changing('dict', name);
}

export function dictItems(dict: Dict): Tuple[] {
  return Array.from(dict, (entry) => new Tuple(entry));
}

export function listMethod(items: readonly Value[], name: string, type: 'list' | 'tuple'): Value | undefined {
  switch (name) {
    case 'count':
      return method(
        name,
        ['value'],
        (args) => items.filter((item) => isEqual(item, args.required(0))).length,
      );
    case 'index':
      return method(name, ['value'], (args) =>
        found(items.findIndex((item) => isEqual(item, args.required(0)))),
      );
    case 'copy':
      return type === 'list' ? method(name, [], () => [...items]) : undefined;
  }
  return changing(type, name);
}

function method(name: string, parameters: readonly string[], run: (args: Arguments) => Value): Callable {
  return new Callable(name, (args: readonly Value[], named: Named) =>
    run(new Arguments(name, parameters, args, named)),
  );
}

export function strip(text: string, chars: string | undefined, start: boolean, end: boolean): string {
  if (chars === undefined) {
    const begun = start ? trimStart(text) : text;
    return end ? trimEnd(begun) : begun;
  }
  const stripped = new Set(characters(chars));
  const list = characters(text);
  let [from, to] = [0, list.length];
  while (start && from < to && stripped.has(list[from] ?? '')) from++;
  while (end && to > from && stripped.has(list[to - 1] ?? '')) to--;
  return list.slice(from, to).join('');
}

export function capitalized(text: string): string {
  const [first = '', ...rest] = characters(text);
  return first.toUpperCase() + rest.join('').toLowerCase();
}

function titled(text: string): string {
  return text.replace(/\p{L}+/gu, capitalized);
}

export function replace(text: string, old: string, by: string, most: number): string {
  if (most === 0) return text;
  const found = countOf(text, old);
  const times = most < 0 ? found : Math.min(most, found);
  checkLength(text.length + times * Math.max(0, by.length - old.length));
  const parts = old === '' ? ['', ...characters(text), ''] : text.split(old);
  return (
    parts.slice(0, times + 1).join(by) +
    parts
      .slice(times + 1)
      .map((part) => old + part)
      .join('')
  );
}

function join(separator: string, items: readonly Value[]): string {
  const texts = items.map((item, index) => {
    if (typeof item === 'string') return item;
    throw new TemplateError(`sequence item ${index}: expected str instance`);
  });
  checkLength(texts.reduce((sum, { length }) => sum + length + separator.length, 0));
  return texts.join(separator);
}

function affix(text: string, args: Arguments, where: 'startsWith' | 'endsWith'): boolean {
  const [asked, start, end] = [args.required(0), args.optionalInteger(1), args.optionalInteger(2)];
  const part =
    start === undefined && end === undefined
      ? text
      : characters(text)
          .slice(start ?? 0, end)
          .join('');
  if (asked instanceof Tuple)
    return asked.items.some((item) => typeof item === 'string' && part[where](item));
  return part[where](args.text(0));
}

function countOf(text: string, part: string): number {
  if (part === '') return characters(text).length + 1;
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

/** A place in characters, of one in JavaScript's units. */
function place(text: string, at: number): number {
  return at < 0 || isSimple(text) ? at : characters(text.slice(0, at)).length;
}

function found(at: number): number {
  if (at < 0) throw new TemplateError('substring or value not found');
  return at;
}

function pad(text: string, args: Arguments, side: 'start' | 'end' | 'both'): string {
  const [width, fill] = [args.integer(0, 0), args.text(1, ' ')];
  checkLength(width);
  const lacking = Math.max(0, width - characters(text).length);
  // Where the width is odd, Python puts the odd space to the left; else to the right.
  const left =
    side === 'both' ? Math.floor(lacking / 2) + (lacking & width & 1) : side === 'start' ? lacking : 0;
  return fill.repeat(left) + text + fill.repeat(lacking - left);
}

export function isLower(text: string): boolean {
  return text === text.toLowerCase() && text !== text.toUpperCase();
}

export function isUpper(text: string): boolean {
  return text === text.toUpperCase() && text !== text.toLowerCase();
}
