import { TemplateError } from './errors';
import { spend, spendOnText } from './limits';
import { textOf } from './text';
import { compareText, Float, isList, Sequence, Tuple, typeName, type Value } from './values';

export interface JsonOptions {
  readonly ensureAscii: boolean;
  /** What an inner line begins with, once a level; undefined writes everything on one line. */
  readonly indent: string | undefined;
  readonly separators: readonly [item: string, key: string];
  readonly sortKeys: boolean;
}

/**
 * JSON as Python's json.dumps writes it.
 *
 * @throws TemplateError for what JSON has no form for
 */
export function jsonText(value: Value, options: JsonOptions, depth = 0): string {
  spend();
  if (value === null) return 'null';
  if (typeof value === 'string') return stringText(value, options);
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value instanceof Float) return numberText(value);
  if (isList(value)) return listText(value, options, depth);
  if (value instanceof Tuple) return listText(value.items, options, depth);
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, entry]) => [keyText(key), entry] as const);
    if (options.sortKeys) entries.sort(([a], [b]) => compareText(a, b));
    const texts = entries.map(
      ([key, entry]) =>
        stringText(key, options) + options.separators[1] + jsonText(entry, options, depth + 1),
    );
    return bracketed('{', texts, '}', options, depth);
  }
  const name = value instanceof Sequence ? value.name : typeName(value);
  throw new TemplateError(`Object of type ${name} is not JSON serializable`);
}

function listText(items: readonly Value[], options: JsonOptions, depth: number): string {
  return bracketed(
    '[',
    items.map((item) => jsonText(item, options, depth + 1)),
    ']',
    options,
    depth,
  );
}

function bracketed(
  open: string,
  texts: readonly string[],
  close: string,
  { indent, separators: [separator] }: JsonOptions,
  depth: number,
): string {
  if (texts.length === 0) return open + close;
  if (indent === undefined) return open + texts.join(separator) + close;
  const line = `\n${indent.repeat(depth)}`;
  return open + line + indent + texts.join(separator + line + indent) + line + close;
}

function stringText(text: string, { ensureAscii }: JsonOptions): string {
  spendOnText(text.length);
  // JSON.stringify escapes halves of a surrogate pair that stand alone; Python does only for ASCII.
  const json = JSON.stringify(text);
  return ensureAscii ? json.replace(/[\x7f-\uffff]/g, escaped) : json;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function numberText(value: Float): string {
  if (Number.isNaN(value.value)) return 'NaN';
  if (!Number.isFinite(value.value)) return value.value > 0 ? 'Infinity' : '-Infinity';
  return textOf(value);
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number' || key instanceof Float) return textOf(key);
  throw new TemplateError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}
