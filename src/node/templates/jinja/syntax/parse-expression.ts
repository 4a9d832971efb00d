import { TemplateError } from '../errors';
import { Float, NONE } from '../values';
import type { ArgumentList, Expression, Filter } from './ast';
import type { Token } from './lexer';
import type { TokenStream } from './token-stream';

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

/** Expressions in Jinja2's order of binding, which is not Python's: `~` binds stronger than `+`. */
export function parseExpression(tokens: TokenStream, withCondition = true): Expression {
  return withCondition ? parseCondition(tokens) : parseOr(tokens);
}

/** One expression, or several with commas between them as a tuple. */
export function parseTuple(tokens: TokenStream, withCondition: boolean, allowsNothing = false): Expression {
  const items: Expression[] = [];
  let isTuple = false;
  while (!endsTuple(tokens)) {
    items.push(parseExpression(tokens, withCondition));
    if (!tokens.skip('operator', ',')) break;
    isTuple = true;
  }
  const [only] = items;
  if (only && !isTuple) return only;
  if (!isTuple && !allowsNothing) throw tokens.unexpected('an expression');
  return { kind: 'tuple', items };
}

function endsTuple(tokens: TokenStream): boolean {
  return (
    tokens.is('print end') ||
    tokens.is('block end') ||
    tokens.is('operator', ')') ||
    tokens.is('name', 'recursive')
  );
}

function parseCondition(tokens: TokenStream): Expression {
  let expression = parseOr(tokens);
  while (tokens.skip('name', 'if')) {
    const test = parseOr(tokens);
    expression = tokens.skip('name', 'else')
      ? { kind: 'condition', test, yes: expression, no: parseCondition(tokens) }
      : { kind: 'condition', test, yes: expression };
  }
  return expression;
}

function parseOr(tokens: TokenStream): Expression {
  let left = parseAnd(tokens);
  while (tokens.skip('name', 'or')) left = { kind: 'or', left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: TokenStream): Expression {
  let left = parseNot(tokens);
  while (tokens.skip('name', 'and')) left = { kind: 'and', left, right: parseNot(tokens) };
  return left;
}

function parseNot(tokens: TokenStream): Expression {
  return tokens.skip('name', 'not') ? { kind: 'not', of: parseNot(tokens) } : parseCompare(tokens);
}

function parseCompare(tokens: TokenStream): Expression {
  const left = parseSum(tokens);
  const rest: { operator: string; right: Expression }[] = [];
  for (;;) {
    const operator = comparison(tokens);
    if (operator === undefined) return rest.length === 0 ? left : { kind: 'compare', left, rest };
    rest.push({ operator, right: parseSum(tokens) });
  }
}

function comparison(tokens: TokenStream): string | undefined {
  if (tokens.is('operator', ...COMPARISONS)) return tokens.next().value;
  if (tokens.skip('name', 'in')) return 'in';
  const { kind, value } = tokens.peek(1);
  if (!tokens.is('name', 'not') || kind !== 'name' || value !== 'in') return undefined;
  tokens.next();
  tokens.next();
  return 'not in';
}

function parseSum(tokens: TokenStream): Expression {
  return parseChain(tokens, ['+', '-'], parseConcat);
}

function parseConcat(tokens: TokenStream): Expression {
  const first = parseProduct(tokens);
  const parts = [first];
  while (tokens.skip('operator', '~')) parts.push(parseProduct(tokens));
  return parts.length === 1 ? first : { kind: 'concat', parts };
}

function parseProduct(tokens: TokenStream): Expression {
  return parseChain(tokens, ['*', '/', '//', '%'], parsePower);
}

function parsePower(tokens: TokenStream): Expression {
  return parseChain(tokens, ['**'], parseUnary);
}

function parseChain(
  tokens: TokenStream,
  operators: readonly string[],
  operand: (tokens: TokenStream) => Expression,
): Expression {
  let left = operand(tokens);
  while (tokens.is('operator', ...operators)) {
    const operator = tokens.next().value;
    left = { kind: 'arithmetic', operator, left, right: operand(tokens) };
  }
  return left;
}

function parseUnary(tokens: TokenStream): Expression {
  return parseFilters(tokens, parseSigned(tokens));
}

/** A sign binds stronger than a filter: `-1 | abs` is 1. */
function parseSigned(tokens: TokenStream): Expression {
  if (tokens.skip('operator', '-'))
    return parsePostfix(tokens, { kind: 'negative', of: parseSigned(tokens) });
  if (tokens.skip('operator', '+'))
    return parsePostfix(tokens, { kind: 'positive', of: parseSigned(tokens) });
  return parsePostfix(tokens, parsePrimary(tokens));
}

const CONSTANTS = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', NONE],
  ['None', NONE],
]);

function parsePrimary(tokens: TokenStream): Expression {
  const token = tokens.next();
  switch (token.kind) {
    case 'name': {
      const value = CONSTANTS.get(token.value);
      return value === undefined ? { kind: 'name', name: token.value } : { kind: 'const', value };
    }
    case 'string': {
      let { value } = token;
      while (tokens.is('string')) value += tokens.next().value;
      return { kind: 'const', value };
    }
    case 'integer':
      return { kind: 'const', value: integer(token) };
    case 'float':
      return { kind: 'const', value: new Float(Number(token.value.replaceAll('_', ''))) };
    case 'operator':
      if (token.value === '(') {
        const inner = parseTuple(tokens, true, true);
        tokens.expect('operator', ')');
        return inner;
      }
      if (token.value === '[') return { kind: 'list', items: parseItems(tokens, ']', parseExpression) };
      if (token.value === '{') return { kind: 'dict', entries: parseItems(tokens, '}', parseEntry) };
  }
  throw new TemplateError(`Unexpected ${token.value || token.kind}`, token.line);
}

function integer({ value, line }: Token): number {
  const number = Number(value.replaceAll('_', ''));
  if (!Number.isSafeInteger(number)) throw new TemplateError(`The number ${value} is too large`, line);
  return number;
}

function parseItems<T>(tokens: TokenStream, end: string, parse: (tokens: TokenStream) => T): T[] {
  const items: T[] = [];
  while (!tokens.is('operator', end)) {
    if (items.length > 0) tokens.expect('operator', ',');
    if (tokens.is('operator', end)) break;
    items.push(parse(tokens));
  }
  tokens.expect('operator', end);
  return items;
}

function parseEntry(tokens: TokenStream): readonly [Expression, Expression] {
  const key = parseExpression(tokens);
  tokens.expect('operator', ':');
  return [key, parseExpression(tokens)];
}

function parsePostfix(tokens: TokenStream, start: Expression): Expression {
  let of = start;
  for (;;) {
    if (tokens.skip('operator', '.')) of = parseAttribute(tokens, of);
    else if (tokens.skip('operator', '[')) of = parseSubscript(tokens, of);
    else if (tokens.is('operator', '(')) of = parseCall(tokens, of);
    else return of;
  }
}

function parseAttribute(tokens: TokenStream, of: Expression): Expression {
  const token = tokens.next();
  if (token.kind === 'name') return { kind: 'attribute', of, name: token.value };
  if (token.kind === 'integer') return { kind: 'item', of, key: { kind: 'const', value: integer(token) } };
  throw new TemplateError('Expected a name or a number after a dot', token.line);
}

function parseSubscript(tokens: TokenStream, of: Expression): Expression {
  const bounds: (Expression | undefined)[] = [];
  let isSlice = false;
  for (let part = 0; part < 3; part++) {
    const empty = tokens.is('operator', ':', ']');
    bounds.push(empty ? undefined : parseExpression(tokens));
    if (!tokens.skip('operator', ':')) break;
    isSlice = true;
  }
  tokens.expect('operator', ']');
  const [key] = bounds;
  if (isSlice) return { kind: 'slice', of, bounds };
  if (!key) throw tokens.unexpected('an index');
  return { kind: 'item', of, key };
}

function parseCall(tokens: TokenStream, callee: Expression): Expression {
  const { line } = tokens.current;
  return { kind: 'call', callee, args: parseArguments(tokens), line };
}

function parseArguments(tokens: TokenStream): ArgumentList {
  const { line } = tokens.expect('operator', '(');
  const positional: Expression[] = [];
  const named: [string, Expression][] = [];
  const spread: { list?: Expression; dict?: Expression } = {};
  const ensure = (fine: boolean): void => {
    if (!fine) throw new TemplateError('The arguments of a call are in the wrong order', line);
  };
  let first = true;
  while (!tokens.is('operator', ')')) {
    if (!first) tokens.expect('operator', ',');
    first = false;
    if (tokens.is('operator', ')')) break;
    if (tokens.skip('operator', '*')) {
      ensure(!spread.list && !spread.dict);
      spread.list = parseExpression(tokens);
    } else if (tokens.skip('operator', '**')) {
      ensure(!spread.dict);
      spread.dict = parseExpression(tokens);
    } else if (tokens.is('name') && tokens.peek(1).kind === 'operator' && tokens.peek(1).value === '=') {
      ensure(!spread.dict);
      const name = tokens.next().value;
      tokens.next();
      named.push([name, parseExpression(tokens)]);
    } else {
      ensure(!spread.list && !spread.dict && named.length === 0);
      positional.push(parseExpression(tokens));
    }
  }
  tokens.expect('operator', ')');
  return { positional, named, ...spread };
}

const NO_ARGUMENTS: ArgumentList = { positional: [], named: [] };

function parseFilters(tokens: TokenStream, start: Expression): Expression {
  let of = start;
  for (;;) {
    if (tokens.skip('operator', '|')) of = { kind: 'filter', of, filter: parseFilter(tokens) };
    else if (tokens.skip('name', 'is')) of = parseTest(tokens, of);
    else if (tokens.is('operator', '(')) of = parseCall(tokens, of);
    else return of;
  }
}

/** A filter's name and arguments, after the bar. */
export function parseFilter(tokens: TokenStream): Filter {
  const name = tokens.expect('name').value;
  return { name, args: tokens.is('operator', '(') ? parseArguments(tokens) : NO_ARGUMENTS };
}

function parseTest(tokens: TokenStream, of: Expression): Expression {
  const negated = tokens.skip('name', 'not');
  const name = tokens.expect('name').value;
  const test: Expression = { kind: 'test', of, name, args: parseTestArguments(tokens) };
  return negated ? { kind: 'not', of: test } : test;
}

/** A test may have one argument without brackets: `x is divisibleby 3`. */
function parseTestArguments(tokens: TokenStream): ArgumentList {
  if (tokens.is('operator', '(')) return parseArguments(tokens);
  const begins =
    (tokens.is('name') && !tokens.is('name', 'else', 'or', 'and', 'is')) ||
    tokens.is('string') ||
    tokens.is('integer') ||
    tokens.is('float') ||
    tokens.is('operator', '[', '{');
  if (!begins) return NO_ARGUMENTS;
  return { positional: [parsePostfix(tokens, parsePrimary(tokens))], named: [] };
}
