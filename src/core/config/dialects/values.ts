import type { OptionType } from '../option-types';
import type { Plain } from '../tree';

/**
 * A written value as the option table wants it: flags are text, YAML 1.1 has other numbers, lists may be written with
 * commas. Undefined: it is no value for such an option.
 */
export function asType(value: Plain, type: OptionType): Plain | undefined {
  switch (type.kind) {
    case 'number':
      return asNumber(value, type);
    case 'boolean':
      return asBoolean(value);
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(type.values, value) ? value : undefined;
    case 'string':
      return typeof value === 'string' && value !== ''
        ? value
        : typeof value === 'number'
          ? String(value)
          : undefined;
    case 'list': {
      const items = asList(value)?.map((item) => asType(item, type.items));
      return items?.every((item) => item !== undefined) ? items : undefined;
    }
  }
}

export function asBoolean(value: Plain | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string') return undefined;
  if (/^(true|yes|1|y|on)$/i.test(value)) return true;
  return /^(false|no|0|n|off)$/i.test(value) ? false : undefined;
}

export function toNumber(value: Plain | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replace(/(\d)_(?=\d)/g, '$1');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** A list as it is written in YAML, or as `a,b`, `a b` or `["a", "b"]` on a command line. */
export function asList(value: Plain | undefined): Plain[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value === 'number') return [value];
  if (typeof value !== 'string') return undefined;
  const inner = /^\[(.*)\]$/s.exec(value.trim())?.[1] ?? value;
  return inner
    .split(/[,\s]+/)
    .map((item) => item.replace(/^["']|["']$/g, ''))
    .filter(Boolean);
}

export function asText(value: Plain | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asNumber(value: Plain, type: Extract<OptionType, { kind: 'number' }>): number | undefined {
  const number = toNumber(value);
  if (number === undefined || !Number.isFinite(number)) return undefined;
  const { integer, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = type;
  const fits =
    (!integer || Number.isInteger(number)) &&
    (minimum === undefined || number >= minimum) &&
    (exclusiveMinimum === undefined || number > exclusiveMinimum) &&
    (maximum === undefined || number <= maximum) &&
    (exclusiveMaximum === undefined || number < exclusiveMaximum);
  return fits ? number : undefined;
}
