import { TemplateError } from '../errors';
import type { Expression, Filter, Signature, Statement, Target } from './ast';
import { type Token, tokenize } from './lexer';
import { parseExpression, parseFilter, parseTuple } from './parse-expression';
import { TokenStream } from './token-stream';

/**
 * Reads a template.
 *
 * @throws TemplateError with the line where it is no Jinja, or uses what a chat template has no use for
 */
export function parseTemplate(text: string): readonly Statement[] {
  const tokens = new TokenStream(tokenize(text));
  const body = parseBody(tokens, []);
  tokens.expect('end');
  return body;
}

/** Statements up to a block that begins with one of the names; the name is left to be read. */
function parseBody(tokens: TokenStream, ends: readonly string[]): Statement[] {
  const body: Statement[] = [];
  for (;;) {
    const { kind, value, line } = tokens.current;
    if (kind === 'end') {
      if (ends.length === 0) return body;
      throw new TemplateError(`The template ends without {% ${ends.at(-1)} %}`, line);
    }
    tokens.next();
    if (kind === 'text') body.push({ kind: 'text', text: value, line });
    else if (kind === 'print begin') {
      body.push({ kind: 'print', value: parseTuple(tokens, true), line });
      tokens.expect('print end');
    } else {
      if (tokens.is('name', ...ends) && ends.length > 0) return body;
      body.push(parseStatement(tokens));
      tokens.expect('block end');
    }
  }
}

/** The end of the block that begins a statement, and what follows up to one of the names. */
function parseInner(tokens: TokenStream, ...ends: readonly string[]): Statement[] {
  tokens.expect('block end');
  return parseBody(tokens, ends);
}

function parseInnerTo(tokens: TokenStream, end: string): Statement[] {
  const body = parseInner(tokens, end);
  tokens.next();
  return body;
}

function parseStatement(tokens: TokenStream): Statement {
  const token = tokens.expect('name');
  const { line } = token;
  switch (token.value) {
    case 'set':
      return parseSet(tokens, line);
    case 'if':
      return parseIf(tokens, line);
    case 'for':
      return parseFor(tokens, line);
    case 'with':
      return parseWith(tokens, line);
    case 'macro':
      return parseMacro(tokens, line);
    case 'call':
      return parseCallBlock(tokens, line);
    case 'filter':
      return {
        kind: 'filter block',
        filters: parseFilters(tokens),
        body: parseInnerTo(tokens, 'endfilter'),
        line,
      };
    case 'print':
      return { kind: 'print', value: parseTuple(tokens, true), line };
    case 'break':
    case 'continue':
      return { kind: token.value, line };
    case 'generation':
      // Marks the assistant's tokens in transformers: a scope of its own, and no more.
      return { kind: 'with', assignments: [], body: parseInnerTo(tokens, 'endgeneration'), line };
  }
  throw unknownStatement(token);
}

function unknownStatement({ value, line }: Token): TemplateError {
  return new TemplateError(
    ['include', 'import', 'from', 'extends', 'block', 'autoescape'].includes(value)
      ? `{% ${value} %} is not supported: a chat template stands alone`
      : `There is no statement {% ${value} %}`,
    line,
  );
}

function parseSet(tokens: TokenStream, line: number): Statement {
  const target = parseTarget(tokens);
  if (tokens.skip('operator', '=')) {
    return { kind: 'set', target, value: parseTuple(tokens, true), line };
  }
  const filters = tokens.skip('operator', '|') ? parseFilters(tokens) : [];
  return { kind: 'set block', target, filters, body: parseInnerTo(tokens, 'endset'), line };
}

function parseFilters(tokens: TokenStream): Filter[] {
  const filters = [parseFilter(tokens)];
  while (tokens.skip('operator', '|')) filters.push(parseFilter(tokens));
  return filters;
}

/** Names with commas between them, brackets around some, and attributes of a namespace. */
function parseTarget(tokens: TokenStream): Target {
  const items = [parseOneTarget(tokens)];
  let isTuple = false;
  while (tokens.skip('operator', ',')) {
    isTuple = true;
    if (!tokens.is('name') && !tokens.is('operator', '(')) break;
    if (tokens.is('name', 'in')) break;
    items.push(parseOneTarget(tokens));
  }
  const [only] = items;
  return only && !isTuple ? only : { kind: 'tuple', items };
}

function parseOneTarget(tokens: TokenStream): Target {
  if (tokens.skip('operator', '(')) {
    const inner = parseTarget(tokens);
    tokens.expect('operator', ')');
    return inner;
  }
  const name = tokens.expect('name').value;
  if (!tokens.skip('operator', '.')) return { kind: 'name', name };
  return { kind: 'attribute', of: name, name: tokens.expect('name').value };
}

function parseIf(tokens: TokenStream, line: number): Statement {
  const test = parseTuple(tokens, false);
  const yes = parseInner(tokens, 'elif', 'else', 'endif');
  const next = tokens.next();
  if (next.value === 'elif') {
    return { kind: 'if', test, yes, otherwise: [parseIf(tokens, next.line)], line };
  }
  const otherwise = next.value === 'else' ? parseInnerTo(tokens, 'endif') : [];
  return { kind: 'if', test, yes, otherwise, line };
}

function parseFor(tokens: TokenStream, line: number): Statement {
  const target = parseTarget(tokens);
  tokens.expect('name', 'in');
  const items = parseTuple(tokens, false);
  const test = tokens.skip('name', 'if') ? parseExpression(tokens) : undefined;
  const recursive = tokens.skip('name', 'recursive');
  const body = parseInner(tokens, 'endfor', 'else');
  const otherwise = tokens.next().value === 'else' ? parseInnerTo(tokens, 'endfor') : [];
  return { kind: 'for', target, items, ...(test && { test }), recursive, body, otherwise, line };
}

function parseWith(tokens: TokenStream, line: number): Statement {
  const assignments: [Target, Expression][] = [];
  while (!tokens.is('block end')) {
    if (assignments.length > 0) tokens.expect('operator', ',');
    const target = parseOneTarget(tokens);
    tokens.expect('operator', '=');
    assignments.push([target, parseExpression(tokens)]);
  }
  return { kind: 'with', assignments, body: parseInnerTo(tokens, 'endwith'), line };
}

function parseMacro(tokens: TokenStream, line: number): Statement {
  const name = tokens.expect('name').value;
  return {
    kind: 'macro',
    name,
    parameters: parseParameters(tokens),
    body: parseInnerTo(tokens, 'endmacro'),
    line,
  };
}

function parseCallBlock(tokens: TokenStream, line: number): Statement {
  const parameters = tokens.is('operator', '(') ? parseParameters(tokens) : [];
  const call = parseExpression(tokens);
  if (call.kind !== 'call') throw new TemplateError('{% call %} needs a call', line);
  return { kind: 'call block', call, parameters, body: parseInnerTo(tokens, 'endcall'), line };
}

function parseParameters(tokens: TokenStream): Signature['parameters'] {
  tokens.expect('operator', '(');
  const parameters: { name: string; default?: Expression }[] = [];
  while (!tokens.is('operator', ')')) {
    if (parameters.length > 0) tokens.expect('operator', ',');
    const { value: name, line } = tokens.expect('name');
    if (tokens.skip('operator', '=')) parameters.push({ name, default: parseExpression(tokens) });
    else if (parameters.at(-1)?.default) {
      throw new TemplateError('A parameter without a default stands after one with a default', line);
    } else parameters.push({ name });
  }
  tokens.expect('operator', ')');
  return parameters;
}
