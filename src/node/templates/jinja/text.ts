import { spend, spendOnText } from './limits';
import {
  Callable,
  Float,
  isList,
  isSimple,
  Markup,
  Namespace,
  Sequence,
  Tuple,
  Undefined,
  type Value,
} from './values';

/** Python's str(): what `{{ value }}` prints. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  return value instanceof Undefined ? '' : representation(value);
}

/** Python's repr(). */
export function representation(value: Value): string {
  spend();
  if (value === null) return 'None';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value instanceof Float) return floatText(value.value);
  if (isList(value)) return `[${value.map(representation).join(', ')}]`;
  if (value instanceof Tuple) {
    const items = value.items.map(representation);
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
  }
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, entry]) => `${representation(key)}: ${representation(entry)}`).join(', ')}}`;
  }
  if (value instanceof Sequence) {
    return value.hasLength
      ? `${value.name}([${value.items.map(representation).join(', ')}])`
      : `<${value.name}>`;
  }
  if (value instanceof Namespace) return `<Namespace ${representation(new Map(value.values))}>`;
  if (value instanceof Callable) return `<${value.name}>`;
  if (value instanceof Markup) return `Markup(${quoted(value.text)})`;
  return 'Undefined';
}

/** The shortest text that is read as the same number, in Python's notation. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  if (exponent < 0) {
    const places = mantissa.replace(/^-?\d\.?/, '').length - exponent;
    return value.toFixed(places);
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u;

function quoted(text: string): string {
  spendOnText(text.length);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const plain = /^[\x20-\x7e]*$/.test(text) && !text.includes('\\') && !text.includes("'");
  if (plain) return `'${text}'`;
  let result = quote;
  for (const character of text) result += character === quote ? `\\${quote}` : shown(character);
  return result + quote;
}

function shown(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  if (character === ' ' || !UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** A part of a text by Python's rules of slices, in characters. */
export function sliceItems<T>(items: readonly T[], bounds: readonly (number | undefined)[]): T[] {
  const [start, stop, step = 1] = bounds;
  const { length } = items;
  const clamp = (bound: number | undefined, otherwise: number, low: number, high: number): number =>
    bound === undefined ? otherwise : Math.min(Math.max(bound < 0 ? bound + length : bound, low), high);
  const result: T[] = [];
  if (step > 0) {
    const end = clamp(stop, length, 0, length);
    for (let at = clamp(start, 0, 0, length); at < end; at += step) result.push(items[at] as T);
  } else {
    const end = clamp(stop, -1, -1, length - 1);
    for (let at = clamp(start, length - 1, -1, length - 1); at > end; at += step) result.push(items[at] as T);
  }
  return result;
}

/** @see sliceItems */
export function sliceText(text: string, bounds: readonly (number | undefined)[]): string {
  const [start, stop, step = 1] = bounds;
  // JavaScript's slice has the same rules for a step of 1.
  if (step === 1 && isSimple(text)) return text.slice(start ?? 0, stop);
  return sliceItems(Array.from(text), bounds).join('');
}
