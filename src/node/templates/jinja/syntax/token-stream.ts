import { TemplateError } from '../errors';
import type { Token } from './lexer';

/** Reads tokens one after the other. */
export class TokenStream {
  private position = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get current(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    return this.tokens[this.position + ahead] ?? { kind: 'end', value: '', line: 0 };
  }

  next(): Token {
    const token = this.current;
    this.position++;
    return token;
  }

  is(kind: Token['kind'], ...values: readonly string[]): boolean {
    const { current } = this;
    return current.kind === kind && (values.length === 0 || values.includes(current.value));
  }

  skip(kind: Token['kind'], value: string): boolean {
    const found = this.is(kind, value);
    if (found) this.next();
    return found;
  }

  /** @throws TemplateError where something else comes */
  expect(kind: Token['kind'], value?: string): Token {
    if (!(value === undefined ? this.is(kind) : this.is(kind, value))) throw this.unexpected(value ?? kind);
    return this.next();
  }

  unexpected(wanted: string): TemplateError {
    const { kind, value, line } = this.current;
    const found = value === '' ? kind : value.slice(0, 40);
    return new TemplateError(`Expected ${wanted}, found ${found}`, line);
  }
}
