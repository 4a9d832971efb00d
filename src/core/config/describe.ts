import type { NumberType, OptionType } from './option-types';

/** "a whole number of at least 1": the type in words, for messages, hovers and docs. */
export function describeType(type: OptionType): string {
  switch (type.kind) {
    case 'number':
      return describeNumber(type);
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${Object.keys(type.values).join(', ')}`;
    case 'string':
      if (type.pattern) return type.pattern.meaning;
      return type.suggestions ? `${Object.keys(type.suggestions).join(', ')} or other text` : 'text';
    case 'list':
      return `a list, each item ${describeType(type.items)}`;
  }
}

/** What each word means, where a value, or an item of a list, is one of a few words. */
export function wordsOf(type: OptionType): Readonly<Record<string, string>> | undefined {
  if (type.kind === 'list') return wordsOf(type.items);
  if (type.kind === 'choice') return type.values;
  return type.kind === 'string' ? type.suggestions : undefined;
}

function describeNumber(type: NumberType): string {
  const bounds = [
    type.exclusiveMinimum === undefined ? [] : [`above ${type.exclusiveMinimum}`],
    type.minimum === undefined ? [] : [`of at least ${type.minimum}`],
    type.exclusiveMaximum === undefined ? [] : [`below ${type.exclusiveMaximum}`],
    type.maximum === undefined ? [] : [`of at most ${type.maximum}`],
  ].flat();
  return [type.integer ? 'a whole number' : 'a number', bounds.join(' and ')].filter(Boolean).join(' ');
}

/** A value as a reader would write it: short, text in quotes. */
export function showValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(showValue).join(', ')}${value.length > 8 ? ', ...' : ''}]`;
  if (value !== null && typeof value === 'object') return 'a section';
  return value === null || value === undefined ? 'nothing' : String(value);
}

/** 0.000005 reads better as 5e-6. */
export function showNumber(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}
