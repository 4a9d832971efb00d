import type { Range, TextEdit } from '../../../words/text';
import type { Value } from '../../edit';
import { type Argument, type ArgumentValue, readArguments } from '../../shell/arguments';
import { addArgument, changeValue, removeArgument } from '../../shell/edit-shell';
import type { Program } from '../../shell/program';
import type { ShellScript } from '../../shell/read-shell';
import type { ShellCommand } from '../../shell/word';
import type { Plain } from '../../tree';
import type { Entries, Entry } from '../entries';

/** The flags and settings of one training command as entries. */
export class ShellEntries implements Entries {
  readonly all: readonly Entry[];
  readonly areFlags = true;
  private readonly arguments;
  private readonly written = new Map<string, Argument>();

  constructor(
    private readonly script: ShellScript,
    private readonly command: ShellCommand,
    private readonly program: Program,
  ) {
    this.arguments = readArguments(command.words, program.at + 1);
    // Of a flag that is written twice, the last one counts.
    for (const argument of this.arguments.list) this.written.set(keyOf(argument), argument);
    this.all = [...this.written].map(([key, argument]) => entryOf(key, argument, script.text));
  }

  /** Whether settings may come from elsewhere: a config file, or what the script is called with. */
  get mayHaveMore(): boolean {
    const { positional, mayHaveMore } = this.arguments;
    return (
      mayHaveMore ||
      this.written.has('config') ||
      positional.some(({ value }) => /\.(ya?ml|json)$/.test(value ?? ''))
    );
  }

  get processes(): number | undefined {
    return processesOf(this.command.words.slice(0, this.program.at).map(({ value }) => value));
  }

  get isHandedOn(): boolean {
    return /\.(sh|bash)$/.test(this.program.name);
  }

  find(key: string): Entry | undefined {
    const argument = this.written.get(key);
    return argument && entryOf(key, argument, this.script.text);
  }

  set(key: string, value: Value): TextEdit[] | undefined {
    const argument = this.written.get(key);
    if (!argument) return this.add(key, value);
    if (argument.values.length === 0 && value === true) return undefined;
    if (argument.values.length === 0 && value === false) return this.remove(key);
    return argument.values.length > 1 ? undefined : changeValue(this.script, argument, textOf(value));
  }

  remove(key: string): TextEdit[] | undefined {
    const argument = this.written.get(key);
    const twice = this.arguments.list.filter((other) => keyOf(other) === key).length > 1;
    return argument && !twice ? removeArgument(this.script, this.command.words, argument) : undefined;
  }

  rename(key: string, to: string): TextEdit[] | undefined {
    const argument = this.written.get(key);
    if (!argument || this.written.has(to)) return undefined;
    const { within } = argument.word;
    if (within !== undefined && (this.script.useCounts.get(within) ?? 0) > 1) return undefined;
    const dashes = argument.style === 'flag' ? '--' : '';
    return [{ range: argument.nameRange, newText: dashes + to }];
  }

  placeOf(): Range {
    return this.command.words[this.program.at]?.range ?? this.command.range;
  }

  /** In the way of the last argument: a flag, or a setting with its plus signs. */
  private add(key: string, value: Value): TextEdit[] | undefined {
    const last = this.arguments.list.at(-1);
    const { text } = this.script;
    const signs = last ? (/\+*$/.exec(text.slice(0, last.nameRange.start))?.[0] ?? '') : '';
    const words = Array.isArray(value) ? value.map(textOf).join(' ') : textOf(value);
    const added =
      last?.style === 'setting'
        ? `${signs}${key}=${Array.isArray(value) ? `[${value.map(textOf).join(',')}]` : textOf(value)}`
        : `--${key}${value === true ? '' : ` ${words}`}`;
    return addArgument(this.script, this.command, this.arguments, added);
  }
}

/** Trainers take `--learning-rate` for `--learning_rate`. */
function keyOf({ name, style }: Argument): string {
  return style === 'flag' ? name.replaceAll('-', '_') : name;
}

function entryOf(key: string, argument: Argument, text: string): Entry {
  const { nameRange, values } = argument;
  const [first] = values;
  const last = values.findLast(({ word }, at) => at === 0 || !word.splits);
  const range =
    first && last && first.range.start <= last.range.end
      ? { start: first.range.start, end: last.range.end }
      : (first?.range ?? nameRange);
  return {
    key,
    keyRange: nameRange,
    range,
    value: joinedValue(values),
    text: text.slice(range.start, range.end),
    itemRanges: values.length > 1 ? values.map((value) => value.range) : [],
  };
}

function joinedValue(values: readonly ArgumentValue[]): Plain | undefined {
  const [first, ...others] = values.filter(({ word }, at) => at === 0 || !word.splits);
  if (!first) return true;
  if (others.length === 0) return typed(first.value);
  const all = [first, ...others].map(({ value }) => typed(value));
  return all.every((value) => value !== undefined) ? all : undefined;
}

/** Words of a command line as the values that trainers read them as. */
function typed(text: string | undefined): Plain | undefined {
  if (text === undefined) return undefined;
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  // `none` is a word of some flags, such as `--report_to none`.
  return text === 'None' || text === 'null' ? null : text;
}

function textOf(value: Value): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  const isSmall = typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3;
  return isSmall ? value.toExponential() : String(value);
}

/** How a launcher in front of the trainer is told the number of processes. */
const PROCESSES = /^--?(?:num[-_]processes|nproc[-_]per[-_]node|num[-_]gpus)(?:=(\d+))?$/;

function processesOf(words: readonly (string | undefined)[]): number | undefined {
  for (const [index, word] of words.entries()) {
    const found = PROCESSES.exec(word ?? '');
    const count = Number(found?.[1] ?? (found ? words[index + 1] : undefined));
    if (Number.isInteger(count) && count > 0) return count;
  }
  return undefined;
}
