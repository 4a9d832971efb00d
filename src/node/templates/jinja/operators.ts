import { TemplateError } from './errors';
import { formatPercent } from './format';
import { checkItems, checkLength } from './limits';
import { textOf } from './text';
import {
  compare,
  Float,
  isEqual,
  isList,
  itemsOf,
  keyOf,
  Markup,
  numberOf,
  plain,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values';

/**
 * `left operator right` for Python's operators of arithmetic.
 *
 * @throws TemplateError for values that have no such operation
 */
export function calculate(operator: string, left: Value, right: Value): Value {
  for (const value of [left, right]) if (value instanceof Undefined) throw value.fail();
  if (operator === '%' && typeof left === 'string') return formatPercent(left, right);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) {
    const isFloat = left instanceof Float || right instanceof Float;
    return numeric(operator, a, b, isFloat);
  }
  if (operator === '+') return added(left, right);
  if (operator === '*' && b !== undefined && !(right instanceof Float)) return repeated(left, b);
  if (operator === '*' && a !== undefined && !(left instanceof Float)) return repeated(right, a);
  throw unsupported(operator, left, right);
}

function unsupported(operator: string, left: Value, right: Value): TemplateError {
  return new TemplateError(
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function added(left: Value, right: Value): Value {
  if (left instanceof Markup || right instanceof Markup) {
    const text = htmlOf(left) + htmlOf(right);
    checkLength(text.length);
    return new Markup(text);
  }
  if (typeof left === 'string' && typeof right === 'string') {
    checkLength(left.length + right.length);
    return left + right;
  }
  if (isList(left) && isList(right)) {
    checkItems(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Tuple && right instanceof Tuple) {
    checkItems(left.items.length + right.items.length);
    return new Tuple([...left.items, ...right.items]);
  }
  throw unsupported('+', left, right);
}

/** A text as HTML shows it; markup as it is. */
export function htmlOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  return textOf(value)
    .replaceAll('&', '&amp;')
    .replaceAll('>', '&gt;')
    .replaceAll('<', '&lt;')
    .replaceAll("'", '&#39;')
    .replaceAll('"', '&#34;');
}

function repeated(value: Value, times: number): Value {
  const count = Math.max(0, times);
  if (typeof value === 'string') {
    checkLength(value.length * count);
    return value.repeat(count);
  }
  const items = isList(value) ? value : value instanceof Tuple ? value.items : undefined;
  if (!items) throw unsupported('*', value, times);
  checkItems(items.length * count);
  const list = Array.from({ length: count }, () => items).flat();
  return isList(value) ? list : new Tuple(list);
}

function numeric(operator: string, a: number, b: number, isFloat: boolean): Value {
  const made = (value: number): Value => (isFloat ? new Float(value) : integer(value));
  switch (operator) {
    case '+':
      return made(a + b);
    case '-':
      return made(a - b);
    case '*':
      return made(a * b);
    case '**':
      return b < 0 ? new Float(a ** b) : made(a ** b);
  }
  if (b === 0) throw new TemplateError('division by zero');
  if (operator === '/') return new Float(a / b);
  if (operator === '//') return made(Math.floor(a / b));
  // The remainder has the sign of what is divided by.
  const rest = a % b;
  return made(rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest);
}

/** @throws TemplateError for an int that JavaScript would round */
export function integer(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TemplateError('a number is too large');
  // Python has no -0.
  return value + 0;
}

/** `left operator right` for comparisons and membership. */
export function compares(operator: string, first: Value, second: Value): boolean {
  const [left, right] = [plain(first), plain(second)];
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    default:
      return compare(left, right) >= 0;
  }
}

export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item);
    if (item instanceof Undefined) throw item.fail();
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (container instanceof Map) return container.has(keyOf(item));
  return itemsOf(container).some((other) => isEqual(other, item));
}
