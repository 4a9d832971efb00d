import { TemplateError } from './errors';
import { isLower, isUpper } from './methods';
import { compares, contains } from './operators';
import { Callable, Float, isIterable, isList, numberOf, Tuple, Undefined, type Value } from './values';

type Test = (value: Value, ...args: readonly Value[]) => boolean;

const equal: Test = (value, other = null) => compares('==', value, other);
const comparing =
  (operator: string): Test =>
  (value, other = null) =>
    compares(operator, value, other);

/** Jinja2's tests. */
const TESTS: Readonly<Record<string, Test>> = {
  boolean: (value) => typeof value === 'boolean',
  callable: (value) => value instanceof Callable,
  defined: (value) => !(value instanceof Undefined),
  divisibleby: (value, by = null) => remainder(value, by) === 0,
  eq: equal,
  equalto: equal,
  '==': equal,
  escaped: () => false,
  even: (value) => remainder(value, 2) === 0,
  false: (value) => value === false,
  filter: () => true,
  float: (value) => value instanceof Float,
  ge: comparing('>='),
  gt: comparing('>'),
  greaterthan: comparing('>'),
  in: (value, container = null) => contains(container, value),
  integer: (value) => typeof value === 'number',
  iterable: isIterable,
  le: comparing('<='),
  lessthan: comparing('<'),
  lower: (value) => typeof value === 'string' && isLower(value),
  lt: comparing('<'),
  mapping: (value) => value instanceof Map,
  ne: comparing('!='),
  none: (value) => value === null,
  number: (value) => numberOf(value) !== undefined,
  odd: (value) => remainder(value, 2) === 1,
  sameas: (value, other = null) => value === other,
  sequence: (value) =>
    typeof value === 'string' ||
    isList(value) ||
    value instanceof Map ||
    value instanceof Tuple ||
    value instanceof Undefined,
  string: (value) => typeof value === 'string',
  true: (value) => value === true,
  undefined: (value) => value instanceof Undefined,
  upper: (value) => typeof value === 'string' && isUpper(value),
};

function remainder(value: Value, by: Value): number {
  const [a, b] = [numberOf(value), numberOf(by)];
  if (value instanceof Undefined) throw value.fail();
  if (a === undefined || !b) throw new TemplateError('only numbers can be divided');
  return ((a % b) + b) % b;
}

/** @throws TemplateError where there is no such test */
export function testNamed(name: string): Test {
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  if (!test) throw new TemplateError(`No test named '${name}'.`);
  return test;
}
