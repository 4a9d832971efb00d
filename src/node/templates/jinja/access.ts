import { TemplateError } from './errors';
import { dictMethod, listMethod, textMethod } from './methods';
import { sliceItems, sliceText } from './text';
import {
  Callable,
  characters,
  Float,
  isList,
  isSimple,
  keyOf,
  Namespace,
  numberOf,
  plain,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values';

/** `value.name`: an attribute or a method, else an item. */
export function attributeOf(given: Value, name: string): Value {
  const value = plain(given);
  const own = ownAttribute(value, name);
  if (own !== undefined) return own;
  const item = itemOrNothing(value, name);
  return item === undefined ? missing(value, name) : item;
}

/** `value[key]`: an item, else an attribute or a method. */
export function itemOf(given: Value, by: Value): Value {
  const [value, key] = [plain(given), plain(by)];
  const found = itemOrNothing(value, key);
  if (found !== undefined) return found;
  const own = typeof key === 'string' ? ownAttribute(value, key) : undefined;
  return own === undefined ? missing(value, key) : own;
}

function ownAttribute(value: Value, name: string): Value | undefined {
  if (value instanceof Undefined) throw value.fail();
  if (typeof value === 'string') return textMethod(value, name);
  if (value instanceof Map) return dictMethod(value, name);
  if (isList(value)) return listMethod(value, name, 'list');
  if (value instanceof Tuple) return listMethod(value.items, name, 'tuple');
  if (value instanceof Namespace) return value.values.get(name);
  return value instanceof Callable ? value.attribute(name) : undefined;
}

function itemOrNothing(value: Value, key: Value): Value | undefined {
  if (value instanceof Undefined) throw value.fail();
  if (value instanceof Map) {
    const isPlain = typeof key === 'string' || typeof key === 'number';
    if (!isPlain && (isList(key) || key instanceof Map)) return undefined;
    return value.get(isPlain ? key : keyOf(key));
  }
  const index = key instanceof Float ? undefined : numberOf(key);
  if (index === undefined) return undefined;
  if (isList(value)) return value.at(index);
  if (value instanceof Tuple) return value.items.at(index);
  if (typeof value !== 'string') return undefined;
  return isSimple(value) ? value.at(index) : characters(value).at(index);
}

function missing(value: Value, key: Value): Undefined {
  const owner = value === null ? 'None' : `'${typeName(value)} object'`;
  const what =
    typeof key === 'string' ? `attribute '${key}'` : `element ${String(numberOf(key) ?? typeName(key))}`;
  return new Undefined(`${owner} has no ${what}`);
}

/** `value[start:stop:step]`. */
export function sliceOf(given: Value, bounds: readonly Value[]): Value {
  const value = plain(given);
  if (value instanceof Undefined) throw value.fail();
  const numbers = bounds.map((bound) => {
    if (bound === null) return undefined;
    const number = bound instanceof Float ? undefined : numberOf(bound);
    if (number === undefined) throw new TemplateError('slice indices must be integers or None');
    return number;
  });
  if (numbers[2] === 0) throw new TemplateError('slice step cannot be zero');
  if (typeof value === 'string') return sliceText(value, numbers);
  if (isList(value)) return sliceItems(value, numbers);
  if (value instanceof Tuple) return new Tuple(sliceItems(value.items, numbers));
  return new Undefined(`'${typeName(value)} object' has no slices`);
}

/** Attributes and indices with dots between them: `function.name`. */
export function byPath(value: Value, path: Value): Value {
  if (typeof path === 'number') return itemOf(value, path);
  return String(path)
    .split('.')
    .reduce((found, key) => itemOf(found, /^\d+$/.test(key) ? Number(key) : key), value);
}
