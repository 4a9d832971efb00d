import { TemplateError } from '../errors';
import { SPACE, trimEnd } from '../spaces';

/** A piece of a template. Keywords are names; the parser tells them apart. */
export interface Token {
  readonly kind:
    | 'text'
    | 'print begin'
    | 'print end'
    | 'block begin'
    | 'block end'
    | 'name'
    | 'string'
    | 'integer'
    | 'float'
    | 'operator'
    | 'end';
  readonly value: string;
  readonly line: number;
}

const SPACES = new RegExp(`${SPACE}+`, 'uy');
const ONLY_SPACES = new RegExp(`^${SPACE}+$`, 'u');

/** Where text ends: the next tag, with its whitespace control. A block `raw` is one tag. */
const TAG = new RegExp(
  `\\{%([-+]?)${SPACE}*raw${SPACE}*(?:-%\\}${SPACE}*|%\\})|\\{%([-+]?)|\\{#([-+]?)|\\{\\{([-+]?)`,
  'gu',
);
const RAW_END = new RegExp(`\\{%([-+]?)${SPACE}*endraw${SPACE}*(?:\\+%\\}|-%\\}${SPACE}*|%\\}\\n?)`, 'gu');
const COMMENT_END = new RegExp(`\\+#\\}|-#\\}${SPACE}*|#\\}\\n?`, 'gu');
const BLOCK_END = new RegExp(`\\+%\\}|-%\\}${SPACE}*|%\\}\\n?`, 'uy');
const PRINT_END = new RegExp(`-\\}\\}${SPACE}*|\\}\\}`, 'uy');

const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iuy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iuy;
const NAME = /[\p{L}\p{N}\p{M}\p{Pc}]+/uy;
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/uy;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/uy;

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Cuts a template into tokens as Jinja2 does with the settings of transformers: `trim_blocks` (the line break after a
 * block goes) and `lstrip_blocks` (so do spaces before a block that begins its line).
 *
 * @throws TemplateError
 */
export function tokenize(template: string): Token[] {
  // A single line break at the end does not count.
  return new Lexer(template.replace(/\r\n?/g, '\n').replace(/\n$/, '')).run();
}

class Lexer {
  private readonly tokens: Token[] = [];
  private position = 0;
  private line = 1;
  /** The last thing read ended a line. */
  private startsLine = true;

  constructor(private readonly source: string) {}

  run(): Token[] {
    while (this.position < this.source.length) this.readText();
    this.push('end', '');
    return this.tokens;
  }

  private readText(): void {
    TAG.lastIndex = this.position;
    const tag = TAG.exec(this.source);
    if (!tag) {
      this.push('text', this.source.slice(this.position));
      this.position = this.source.length;
      return;
    }
    const [whole, raw, block, comment, print] = tag;
    const control = raw ?? block ?? comment ?? print ?? '';
    this.pushText(this.source.slice(this.position, tag.index), control, print !== undefined);
    this.line += count(this.source.slice(this.position, tag.index)) + count(whole);
    this.advance(tag.index + whole.length, whole);
    if (raw !== undefined) this.readRaw();
    else if (comment !== undefined) this.skipComment();
    else if (block !== undefined) this.readCode('block begin', 'block end', BLOCK_END);
    else this.readCode('print begin', 'print end', PRINT_END);
  }

  /** Text before a tag, without the white space that the tag takes away. */
  private pushText(text: string, control: string, isPrint: boolean): void {
    let kept = text;
    if (control === '-') kept = trimEnd(text);
    else if (control === '' && !isPrint) {
      const start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || this.startsLine) && ONLY_SPACES.test(text.slice(start))) kept = text.slice(0, start);
    }
    if (kept !== '') this.push('text', kept);
  }

  private readRaw(): void {
    RAW_END.lastIndex = this.position;
    const end = RAW_END.exec(this.source);
    if (!end) throw new TemplateError('{% raw %} has no {% endraw %}', this.line);
    const text = this.source.slice(this.position, end.index);
    this.pushText(text, end[1] ?? '', false);
    this.line += count(text) + count(end[0]);
    this.advance(end.index + end[0].length, end[0]);
  }

  private skipComment(): void {
    COMMENT_END.lastIndex = this.position;
    const end = COMMENT_END.exec(this.source);
    if (!end) throw new TemplateError('A comment {# has no end #}', this.line);
    this.line += count(this.source.slice(this.position, end.index + end[0].length));
    this.advance(end.index + end[0].length, end[0]);
  }

  private readCode(begin: Token['kind'], end: Token['kind'], ending: RegExp): void {
    this.push(begin, '');
    const open: string[] = [];
    for (;;) {
      if (this.take(SPACES) !== undefined) continue;
      // Within brackets, what looks like the end of a tag is none.
      const ended = open.length === 0 ? this.take(ending, end) : undefined;
      if (ended !== undefined) return;
      if (this.take(FLOAT, 'float') !== undefined) continue;
      if (this.take(INTEGER, 'integer') !== undefined) continue;
      if (this.take(NAME, 'name') !== undefined) continue;
      if (this.take(STRING, 'string') !== undefined) continue;
      const operator = this.take(OPERATOR, 'operator');
      if (operator === undefined) throw this.unexpected();
      const closing = CLOSING[operator];
      if (closing !== undefined) open.push(closing);
      else if (')]}'.includes(operator) && open.pop() !== operator) {
        throw new TemplateError(`Unexpected ${operator}`, this.line);
      }
    }
  }

  private unexpected(): TemplateError {
    const found = this.source[this.position];
    return new TemplateError(
      found === undefined
        ? 'The template ends within a tag'
        : `Unexpected character ${JSON.stringify(found)}`,
      this.line,
    );
  }

  /** What a pattern matches here, if it does; the token is kept where it has a kind. */
  private take(pattern: RegExp, kind?: Token['kind']): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source)?.[0];
    if (found === undefined) return undefined;
    if (kind) this.push(kind, found);
    this.line += count(found);
    this.advance(this.position + found.length, found);
    return found;
  }

  private push(kind: Token['kind'], value: string): void {
    this.tokens.push({
      kind,
      value: kind === 'string' ? unescaped(value, this.line) : value,
      line: this.line,
    });
  }

  private advance(position: number, matched: string): void {
    this.position = position;
    this.startsLine = matched.endsWith('\n');
  }
}

function count(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([0-7]{1,3})|([\s\S]))/giu;

/** The value of a string literal, with Python's escapes. One that Python does not know stays as it is. */
function unescaped(literal: string, line: number): string {
  const text = literal.slice(1, -1);
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (whole: string, ...groups: (string | undefined)[]) => {
    const [x, u, long, octal, other] = groups;
    const hex = x ?? u ?? long;
    if (hex !== undefined) return character(Number.parseInt(hex, 16), line);
    if (octal !== undefined) return character(Number.parseInt(octal, 8), line);
    if (other !== undefined && /[xuUN]/.test(other)) {
      throw new TemplateError(`The escape ${whole} in a string is not complete or not supported`, line);
    }
    return ESCAPES[other ?? ''] ?? whole;
  });
}

function character(code: number, line: number): string {
  if (code > 0x10ffff) throw new TemplateError('An escape in a string is no Unicode character', line);
  return String.fromCodePoint(code);
}
