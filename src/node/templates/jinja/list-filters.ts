import { byPath } from './access';
import type { Arguments, FilterEntry } from './arguments';
import { TemplateError } from './errors';
import { checkItems, checkLength } from './limits';
import { dictItems } from './methods';
import { calculate } from './operators';
import { textOf } from './text';
import { compare, isEqual, itemsOf, Sequence, Tuple, typeName, Undefined, type Value } from './values';

/** Filters of lists and dicts. */
export const LIST_FILTERS: Readonly<Record<string, FilterEntry>> = {
  list: { parameters: [], run: (value) => [...itemsOf(value)] },
  first: { parameters: [], run: (value) => endOf(value, 0) },
  last: { parameters: [], run: (value) => endOf(value, -1) },
  reverse: { parameters: [], run: reversed },
  join: { parameters: ['d', 'attribute'], run: joined },
  sort: { parameters: ['reverse', 'case_sensitive', 'attribute'], run: sorted },
  unique: { parameters: ['case_sensitive', 'attribute'], run: unique },
  min: { parameters: ['case_sensitive', 'attribute'], run: (value, args) => extreme(value, args, -1) },
  max: { parameters: ['case_sensitive', 'attribute'], run: (value, args) => extreme(value, args, 1) },
  sum: { parameters: ['attribute', 'start'], run: summed },
  items: { parameters: [], run: (value) => generated('items', itemsOfDict(value)) },
  dictsort: { parameters: ['case_sensitive', 'by', 'reverse'], run: dictSorted },
  batch: { parameters: ['linecount', 'fill_with'], run: batches },
  slice: { parameters: ['slices', 'fill_with'], run: slices },
  groupby: { parameters: ['attribute', 'default', 'case_sensitive'], run: grouped },
};

function generated(name: string, items: readonly Value[]): Sequence {
  return new Sequence(items, `generator object ${name}`, false);
}

function endOf(value: Value, at: 0 | -1): Value {
  const end = itemsOf(value).at(at);
  return end === undefined ? new Undefined('No item, sequence was empty.') : end;
}

function reversed(value: Value): Value {
  if (typeof value === 'string') return Array.from(value).reverse().join('');
  return new Sequence([...itemsOf(value)].reverse(), 'list_reverseiterator', false);
}

function joined(value: Value, args: Arguments): Value {
  const separator = textOf(args.get(0) ?? '');
  const attribute = args.get(1) ?? null;
  const items = attribute === null ? itemsOf(value) : itemsOf(value).map((item) => byPath(item, attribute));
  const texts = items.map(textOf);
  checkLength(texts.reduce((sum, { length }) => sum + length + separator.length, 0));
  return texts.join(separator);
}

/** What an item is ordered by: one or several attributes, without regard to case where nothing else is asked. */
function keyOfItem(attribute: Value, isCaseSensitive: boolean): (item: Value) => Value {
  const folded = (value: Value): Value =>
    typeof value === 'string' && !isCaseSensitive ? value.toLowerCase() : value;
  if (attribute === null) return folded;
  const paths = typeof attribute === 'string' ? attribute.split(',') : [attribute];
  const [only] = paths;
  if (only !== undefined && paths.length === 1) return (item) => folded(byPath(item, only));
  return (item) => paths.map((path) => folded(byPath(item, path)));
}

function sorted(value: Value, args: Arguments): Value {
  const key = keyOfItem(args.get(2) ?? null, args.flag(1, false));
  const sign = args.flag(0, false) ? -1 : 1;
  const keyed = itemsOf(value).map((item) => [key(item), item] as const);
  return keyed.sort(([a], [b]) => sign * compare(a, b)).map(([, item]) => item);
}

function unique(value: Value, args: Arguments): Value {
  const key = keyOfItem(args.get(1) ?? null, args.flag(0, false));
  const seen: Value[] = [];
  const items = itemsOf(value).filter((item) => {
    const itemKey = key(item);
    if (seen.some((other) => isEqual(other, itemKey))) return false;
    seen.push(itemKey);
    return true;
  });
  return generated('do_unique', items);
}

function extreme(value: Value, args: Arguments, sign: 1 | -1): Value {
  const key = keyOfItem(args.get(1) ?? null, args.flag(0, false));
  const [first, ...rest] = itemsOf(value);
  if (first === undefined) return new Undefined('No aggregated item, sequence was empty.');
  return rest.reduce((best, item) => (sign * compare(key(item), key(best)) > 0 ? item : best), first);
}

function summed(value: Value, args: Arguments): Value {
  const attribute = args.get(0) ?? null;
  const items = attribute === null ? itemsOf(value) : itemsOf(value).map((item) => byPath(item, attribute));
  return items.reduce((sum: Value, item) => calculate('+', sum, item), args.get(1) ?? 0);
}

function itemsOfDict(value: Value): readonly Value[] {
  if (value instanceof Undefined) return [];
  if (value instanceof Map) return dictItems(value);
  throw new TemplateError('Can only get item pairs from a mapping.');
}

function dictSorted(value: Value, args: Arguments): Value {
  if (!(value instanceof Map)) throw new TemplateError(`dictsort needs a dict, not '${typeName(value)}'`);
  const by = args.text(1, 'key');
  if (by !== 'key' && by !== 'value') throw new TemplateError('You can only sort by either "key" or "value"');
  const key = keyOfItem(by === 'key' ? 0 : 1, args.flag(0, false));
  const sign = args.flag(2, false) ? -1 : 1;
  return dictItems(value).sort((a, b) => sign * compare(key(a), key(b)));
}

function batches(value: Value, args: Arguments): Value {
  const [size, fill] = [args.integer(0, 1), args.get(1) ?? null];
  if (size < 1) throw new TemplateError('batch needs a size of 1 or more');
  const items = itemsOf(value);
  const result: Value[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  const last = result.at(-1);
  if (fill !== null && last) while (last.length < size) last.push(fill);
  return generated('do_batch', result);
}

function slices(value: Value, args: Arguments): Value {
  const [count, fill] = [args.integer(0, 1), args.get(1) ?? null];
  if (count < 1) throw new TemplateError('slice needs a number of 1 or more');
  checkItems(count);
  const items = itemsOf(value);
  const [each, longer] = [Math.floor(items.length / count), items.length % count];
  const result = Array.from({ length: count }, (_, index) => {
    const start = index * each + Math.min(index, longer);
    const part = items.slice(start, start + each + (index < longer ? 1 : 0));
    return fill !== null && index >= longer ? [...part, fill] : part;
  });
  return generated('do_slice', result);
}

function grouped(value: Value, args: Arguments): Value {
  const attribute = args.required(0);
  const otherwise = args.get(1) ?? null;
  const groupOf = (item: Value): Value => {
    const found = byPath(item, attribute);
    return found instanceof Undefined && otherwise !== null ? otherwise : found;
  };
  const fold = keyOfItem(null, args.flag(2, false));
  const keyed = itemsOf(value).map((item) => [fold(groupOf(item)), item] as const);
  const groups: { key: Value; items: Value[] }[] = [];
  for (const [key, item] of keyed.sort(([a], [b]) => compare(a, b))) {
    const last = groups.at(-1);
    if (last && isEqual(last.key, key)) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map(({ items }) => new Tuple([groupOf(items[0] as Value), items]));
}
