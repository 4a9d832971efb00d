import { attributeOf, itemOf, sliceOf } from './access';
import { TemplateError } from './errors';
import { applyFilter } from './filters';
import { checkLength, spend, spendCall, spendOnText, spendOutput } from './limits';
import { loopValue } from './loop';
import { bindMacro } from './macro';
import { calculate, compares, integer } from './operators';
import { Scope } from './scope';
import type { ArgumentList, Expression, Filter, Signature, Statement, Target } from './syntax/ast';
import { testNamed } from './tests';
import { textOf } from './text';
import {
  Callable,
  Float,
  isIterable,
  isTrue,
  itemsOf,
  keyOf,
  Namespace,
  numberOf,
  plain,
  Tuple,
  Undefined,
  type Value,
} from './values';

type Outcome = 'break' | 'continue' | undefined;

/** Runs a template once. */
export class Interpreter {
  /** Of the statement that is run. */
  line = 1;

  /** @throws TemplateError where the template or what it is given does not allow what is asked */
  run(body: readonly Statement[], scope: Scope): string {
    return this.textOfBody(body, scope);
  }

  private textOfBody(body: readonly Statement[], scope: Scope): string {
    const output: string[] = [];
    this.execute(body, scope, output);
    return output.join('');
  }

  /** @param output what is written is added to it */
  private execute(body: readonly Statement[], scope: Scope, output: string[]): Outcome {
    for (const statement of body) {
      const outcome = this.executeOne(statement, scope, output);
      if (outcome) return outcome;
    }
    return undefined;
  }

  private executeOne(statement: Statement, scope: Scope, output: string[]): Outcome {
    this.line = statement.line;
    spend();
    switch (statement.kind) {
      case 'text':
        this.write(statement.text, output);
        return undefined;
      case 'print':
        this.write(textOf(this.evaluate(statement.value, scope)), output);
        return undefined;
      case 'set':
        this.assign(statement.target, this.evaluate(statement.value, scope), scope);
        return undefined;
      case 'set block': {
        const text = this.textOfBody(statement.body, new Scope(scope));
        this.assign(statement.target, this.filtered(text, statement.filters, scope), scope);
        return undefined;
      }
      case 'if':
        return this.execute(
          isTrue(this.evaluate(statement.test, scope)) ? statement.yes : statement.otherwise,
          scope,
          output,
        );
      case 'for':
        this.loop(statement, this.evaluate(statement.items, scope), scope, output, 0);
        return undefined;
      case 'with': {
        const inner = new Scope(scope);
        for (const [target, value] of statement.assignments)
          this.assign(target, this.evaluate(value, scope), inner);
        return this.execute(statement.body, inner, output);
      }
      case 'macro':
        scope.set(statement.name, this.macro(statement.name, statement, scope));
        return undefined;
      case 'call block': {
        const caller = this.macro('caller', statement, scope);
        this.write(textOf(this.call(statement.call, scope, caller)), output);
        return undefined;
      }
      case 'filter block': {
        const text = this.textOfBody(statement.body, new Scope(scope));
        this.write(textOf(this.filtered(text, statement.filters, scope)), output);
        return undefined;
      }
      default:
        return statement.kind;
    }
  }

  private write(text: string, output: string[]): void {
    spendOutput(text.length);
    output.push(text);
  }

  private filtered(value: Value, filters: readonly Filter[], scope: Scope): Value {
    return filters.reduce((result, filter) => this.filter(result, filter, scope), value);
  }

  private assign(target: Target, value: Value, scope: Scope): void {
    if (target.kind === 'name') scope.set(target.name, value);
    else if (target.kind === 'attribute') {
      const owner = scope.get(target.of);
      if (!(owner instanceof Namespace))
        throw new TemplateError('cannot assign attribute on non-namespace object');
      owner.values.set(target.name, value);
    } else {
      const items = itemsOf(value);
      if (items.length !== target.items.length) {
        throw new TemplateError(`${target.items.length} names cannot take ${items.length} values`);
      }
      for (const [index, inner] of target.items.entries()) this.assign(inner, items[index] as Value, scope);
    }
  }

  private loop(
    statement: Statement & { kind: 'for' },
    value: Value,
    scope: Scope,
    output: string[],
    depth: number,
  ): void {
    if (value instanceof Undefined && depth > 0) throw value.fail();
    const items = itemsOf(value).filter((item) => {
      if (!statement.test) return true;
      spend();
      const inner = new Scope(scope);
      this.assign(statement.target, item, inner);
      return isTrue(this.evaluate(statement.test, inner));
    });
    const state = { items, index: 0, depth };
    const again = (args: readonly Value[]): Value =>
      spendCall(() => {
        const text: string[] = [];
        this.loop(statement, args[0] ?? null, scope, text, depth + 1);
        return text.join('');
      });
    const loop = loopValue(state, statement.recursive ? again : undefined);
    for (const [index, item] of items.entries()) {
      spend();
      state.index = index;
      const inner = new Scope(scope);
      this.assign(statement.target, item, inner);
      inner.set('loop', loop);
      if (this.execute(statement.body, inner, output) === 'break') break;
    }
    if (items.length === 0) this.execute(statement.otherwise, new Scope(scope), output);
  }

  private macro(name: string, signature: Signature, scope: Scope): Callable {
    const call = (args: readonly Value[], named: ReadonlyMap<string, Value>): Value =>
      spendCall(() => {
        const inner = new Scope(scope);
        bindMacro(name, signature, args, named, inner, (value) => this.evaluate(value, inner));
        return this.textOfBody(signature.body, inner);
      });
    return new Callable(name, call, (attribute) => (attribute === 'name' ? name : undefined));
  }

  evaluate(expression: Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'const':
        return expression.value;
      case 'name': {
        const value = scope.get(expression.name);
        return value === undefined ? new Undefined(`'${expression.name}' is undefined`) : value;
      }
      case 'attribute':
        return attributeOf(this.evaluate(expression.of, scope), expression.name);
      case 'item':
        return itemOf(this.evaluate(expression.of, scope), this.evaluate(expression.key, scope));
      case 'slice': {
        const bounds = expression.bounds.map((bound) => (bound ? this.evaluate(bound, scope) : null));
        return sliceOf(this.evaluate(expression.of, scope), bounds);
      }
      case 'call':
        return this.call(expression, scope);
      case 'filter':
        return this.filter(this.evaluate(expression.of, scope), expression.filter, scope);
      case 'test': {
        const { args } = this.arguments(expression.args, scope);
        return testNamed(expression.name)(plain(this.evaluate(expression.of, scope)), ...args);
      }
      case 'not':
        return !isTrue(this.evaluate(expression.of, scope));
      case 'and': {
        const left = this.evaluate(expression.left, scope);
        return isTrue(left) ? this.evaluate(expression.right, scope) : left;
      }
      case 'or': {
        const left = this.evaluate(expression.left, scope);
        return isTrue(left) ? left : this.evaluate(expression.right, scope);
      }
      case 'condition':
        if (isTrue(this.evaluate(expression.test, scope))) return this.evaluate(expression.yes, scope);
        return expression.no
          ? this.evaluate(expression.no, scope)
          : new Undefined('the inline if-expression evaluated to false and no else section was defined.');
      case 'compare':
        return this.compareChain(expression, scope);
      case 'concat': {
        const texts = expression.parts.map((part) => textOf(this.evaluate(part, scope)));
        const length = texts.reduce((sum, text) => sum + text.length, 0);
        checkLength(length);
        spendOnText(length);
        return texts.join('');
      }
      case 'arithmetic':
        return calculate(
          expression.operator,
          this.evaluate(expression.left, scope),
          this.evaluate(expression.right, scope),
        );
      case 'list':
        return expression.items.map((item) => this.evaluate(item, scope));
      case 'tuple':
        return new Tuple(expression.items.map((item) => this.evaluate(item, scope)));
      case 'dict':
        return new Map(
          expression.entries.map(([key, value]) => [
            keyOf(this.evaluate(key, scope)),
            this.evaluate(value, scope),
          ]),
        );
      default:
        return signed(this.evaluate(expression.of, scope), expression.kind === 'negative');
    }
  }

  private compareChain(expression: Expression & { kind: 'compare' }, scope: Scope): boolean {
    let left = this.evaluate(expression.left, scope);
    for (const { operator, right } of expression.rest) {
      const value = this.evaluate(right, scope);
      if (!compares(operator, left, value)) return false;
      left = value;
    }
    return true;
  }

  private filter(value: Value, { name, args }: Filter, scope: Scope): Value {
    const given = this.arguments(args, scope);
    if (typeof value === 'string') spendOnText(value.length);
    else if (isIterable(value)) spend(itemsOf(value).length);
    return applyFilter(name, value, given.args, given.named);
  }

  private call(
    { callee, args, line }: Expression & { kind: 'call' },
    scope: Scope,
    caller?: Callable,
  ): Value {
    const called = this.evaluate(callee, scope);
    const given = this.arguments(args, scope);
    if (called instanceof Undefined) throw called.fail();
    if (!(called instanceof Callable)) throw new TemplateError('what is called is no function');
    if (caller) given.named.set('caller', caller);
    spend();
    const result = called.call(given.args, given.named);
    this.line = line;
    return result;
  }

  private arguments(
    { positional, named, list, dict }: ArgumentList,
    scope: Scope,
  ): { args: Value[]; named: Map<string, Value> } {
    const args = positional.map((value) => this.evaluate(value, scope));
    if (list) args.push(...itemsOf(this.evaluate(list, scope)));
    const byName = new Map(named.map(([name, value]) => [name, this.evaluate(value, scope)]));
    const more = dict && this.evaluate(dict, scope);
    if (more instanceof Map) for (const [name, value] of more) byName.set(textOf(name), value);
    return { args, named: byName };
  }
}

function signed(value: Value, negative: boolean): Value {
  if (value instanceof Undefined) throw value.fail();
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError('only numbers have a sign');
  const result = negative ? -number : number;
  return value instanceof Float ? new Float(result) : integer(result);
}
