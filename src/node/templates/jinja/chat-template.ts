import { Arguments } from './arguments';
import { TemplateError } from './errors';
import { Interpreter } from './interpreter';
import { checkRange, startBudget } from './limits';
import { Scope } from './scope';
import { strftime, type WallTime } from './strftime';
import type { Statement } from './syntax/ast';
import { parseTemplate } from './syntax/parse';
import { Callable, type Dict, fromJson, isList, itemsOf, Namespace, numberOf, type Value } from './values';

/** A template of transformers' kind, ready to be rendered. */
export class ChatTemplate {
  private readonly body: readonly Statement[];
  private readonly globals: Scope;
  /** A rendering has asked for the date. */
  hasWrittenDate = false;

  /**
   * @param now what the template's clock shows
   * @throws TemplateError with its line, where the text is no template
   */
  constructor(text: string, now: WallTime) {
    this.body = located(1, () => parseTemplate(text));
    this.globals = new Scope();
    for (const [name, value] of GLOBALS) this.globals.set(name, value);
    const clock = (args: readonly Value[], named: ReadonlyMap<string, Value>): Value => {
      this.hasWrittenDate = true;
      return strftime(now, new Arguments('strftime_now', ['format'], args, named).text(0));
    };
    this.globals.set('strftime_now', new Callable('strftime_now', clock));
  }

  /**
   * @param values plain data: `messages`, `tools`, `add_generation_prompt` and others
   * @throws TemplateError with its line, where the template refuses them or breaks a limit
   */
  render(values: Readonly<Record<string, unknown>>): string {
    const scope = new Scope(this.globals);
    for (const [name, value] of Object.entries(values)) scope.set(name, fromJson(value));
    const interpreter = new Interpreter();
    startBudget();
    try {
      return interpreter.run(this.body, new Scope(scope));
    } catch (error) {
      throw inWords(error, interpreter.line);
    }
  }
}

function located<T>(line: number, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw inWords(error, line);
  }
}

function inWords(error: unknown, line: number): TemplateError {
  if (error instanceof TemplateError) {
    error.line ??= line;
    return error;
  }
  // The stack of the JavaScript engine, or a text longer than it can have.
  if (error instanceof RangeError) {
    const tooLong = error.message.includes('length');
    return new TemplateError(tooLong ? 'it makes a text that is too long' : 'it is nested too deeply', line);
  }
  return new TemplateError(error instanceof Error ? error.message : String(error), line);
}

const GLOBALS: readonly (readonly [string, Value])[] = [
  ['range', new Callable('range', range)],
  [
    'namespace',
    new Callable('namespace', (args, named) => new Namespace(new Map([...entriesOf(args), ...named]))),
  ],
  ['dict', new Callable('dict', (args, named) => new Map<Value, Value>([...entriesOf(args), ...named]))],
  ['cycler', new Callable('cycler', cycler)],
  ['joiner', new Callable('joiner', joiner)],
  [
    'raise_exception',
    new Callable('raise_exception', (args, named) => {
      throw new TemplateError(new Arguments('raise_exception', ['message'], args, named).text(0));
    }),
  ],
];

function range(args: readonly Value[]): Value {
  const bounds = args.map((value) => {
    const number = typeof value === 'number' || typeof value === 'boolean' ? numberOf(value) : undefined;
    if (number === undefined) throw new TemplateError('range() needs whole numbers');
    return number;
  });
  const [start, stop, step] =
    bounds.length === 1 ? [0, bounds[0] ?? 0, 1] : [bounds[0] ?? 0, bounds[1] ?? 0, bounds[2] ?? 1];
  if (step === 0) throw new TemplateError('range() arg 3 must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  checkRange(length);
  return Array.from({ length }, (_, index) => start + index * step);
}

function entriesOf([first]: readonly Value[]): [string, Value][] {
  if (first instanceof Map) return Array.from(first as Dict, ([key, value]) => [String(key), value]);
  return (first === undefined ? [] : itemsOf(first)).map((pair) => {
    const [key = null, value = null] = isList(pair) ? pair : itemsOf(pair);
    return [String(key), value];
  });
}

function cycler(items: readonly Value[]): Value {
  let at = 0;
  const current = (): Value => items[at % items.length] ?? null;
  const next = (): Value => {
    const value = current();
    at++;
    return value;
  };
  const reset = (): Value => {
    at = 0;
    return null;
  };
  return new Callable('cycler', next, (name) =>
    name === 'next'
      ? new Callable(name, next)
      : name === 'reset'
        ? new Callable(name, reset)
        : name === 'current'
          ? current()
          : undefined,
  );
}

function joiner(args: readonly Value[]): Value {
  const separator = args[0] ?? ', ';
  let used = false;
  return new Callable('joiner', () => {
    const text = used ? separator : '';
    used = true;
    return text;
  });
}
