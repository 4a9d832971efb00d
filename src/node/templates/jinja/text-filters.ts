import type { Arguments, FilterEntry } from './arguments';
import { TemplateError } from './errors';
import { formatPercent } from './format';
import { jsonText } from './json';
import { checkLength } from './limits';
import { capitalized, replace, strip } from './methods';
import { htmlOf } from './operators';
import { LINE_BREAK } from './spaces';
import { representation, textOf } from './text';
import { characters, itemsOf, Markup, Tuple, type Value } from './values';

/** A filter of a text, which any value is turned into. */
function ofText(parameters: readonly string[], run: (text: string, args: Arguments) => Value): FilterEntry {
  return { parameters, run: (value, args) => run(textOf(value), args) };
}

const escaping: FilterEntry = { parameters: [], run: (value) => new Markup(htmlOf(value)) };

/** Filters that give a text. */
export const TEXT_FILTERS: Readonly<Record<string, FilterEntry>> = {
  string: ofText([], (text) => text),
  tojson: { parameters: ['ensure_ascii', 'indent', 'separators', 'sort_keys'], run: toJson },
  trim: ofText(['chars'], (text, args) => strip(text, args.optionalText(0), true, true)),
  upper: ofText([], (text) => text.toUpperCase()),
  lower: ofText([], (text) => text.toLowerCase()),
  capitalize: ofText([], capitalized),
  title: ofText([], titled),
  replace: ofText(['old', 'new', 'count'], (text, args) =>
    replace(text, textOf(args.required(0)), textOf(args.required(1)), args.integer(2, -1)),
  ),
  indent: ofText(['width', 'first', 'blank'], indented),
  center: ofText(['width'], centered),
  truncate: ofText(['length', 'killwords', 'end', 'leeway'], truncated),
  wordcount: ofText([], (text) => text.match(/[\p{L}\p{N}\p{M}_]+/gu)?.length ?? 0),
  escape: escaping,
  e: escaping,
  urlencode: { parameters: [], run: urlEncoded },
  pprint: { parameters: [], run: representation },
  format: {
    // As many values as the format has fields.
    parameters: Array.from({ length: 32 }, (_, index) => String(index)),
    run: (value, args) => {
      const values: Value[] = [];
      for (let index = 0; args.get(index) !== undefined; index++) values.push(args.get(index) as Value);
      return formatPercent(textOf(value), new Tuple(values));
    },
  },
};

/** The filter of transformers, which escapes nothing of HTML. */
function toJson(value: Value, args: Arguments): string {
  const indent = args.get(1) ?? null;
  const given = args.get(2) ?? null;
  const separators = given === null ? undefined : itemsOf(given).map(textOf);
  const text = jsonText(value, {
    ensureAscii: args.flag(0, false),
    indent: typeof indent === 'string' ? indent : indent === null ? undefined : ' '.repeat(spaces(indent)),
    separators: [separators?.[0] ?? (indent === null ? ', ' : ','), separators?.[1] ?? ': '],
    sortKeys: args.flag(3, false),
  });
  checkLength(text.length);
  return text;
}

function spaces(indent: Value): number {
  const width = typeof indent === 'boolean' ? Number(indent) : indent;
  if (typeof width !== 'number') throw new TemplateError('tojson needs an int or a string as indent');
  return Math.min(100, Math.max(0, width));
}

function titled(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .filter((part) => part !== '')
    .map(capitalized)
    .join('');
}

function indented(text: string, args: Arguments): string {
  const width = args.get(0) ?? 4;
  checkLength(typeof width === 'number' ? width : 0);
  const indent = typeof width === 'string' ? width : ' '.repeat(Math.max(0, Number(width)));
  // Jinja2 adds a line break first, which keeps an empty last line.
  const [first = '', ...rest] = `${text}\n`.split(LINE_BREAK);
  const blank = args.flag(2, false);
  const parts = rest.slice(0, -1);
  checkLength(text.length + parts.length * indent.length);
  const shifted = blank
    ? parts.map((line) => indent + line)
    : parts.map((line) => (line === '' ? line : indent + line));
  const all = [first, ...shifted].join('\n');
  return args.flag(1, false) ? indent + all : all;
}

function centered(text: string, args: Arguments): string {
  const width = args.integer(0, 80);
  checkLength(width);
  const lacking = Math.max(0, width - characters(text).length);
  const left = Math.floor(lacking / 2) + (lacking & width & 1);
  return ' '.repeat(left) + text + ' '.repeat(lacking - left);
}

function truncated(text: string, args: Arguments): string {
  const [length, end, leeway] = [args.integer(0, 255), args.text(2, '...'), args.integer(3, 5)];
  const all = characters(text);
  if (all.length <= length + leeway) return text;
  const start = all.slice(0, Math.max(0, length - characters(end).length)).join('');
  if (args.flag(1, false)) return start + end;
  const space = start.lastIndexOf(' ');
  return (space < 0 ? start : start.slice(0, space)) + end;
}

function urlEncoded(value: Value): string {
  const encoded = (text: string, safe: string): string =>
    encodeURIComponent(text)
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%2F', safe);
  if (value instanceof Map) {
    return Array.from(
      value,
      ([key, entry]) => `${encoded(textOf(key), '%2F')}=${encoded(textOf(entry), '%2F')}`,
    ).join('&');
  }
  return encoded(textOf(value), '/');
}
