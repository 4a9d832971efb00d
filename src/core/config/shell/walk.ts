import {
  type Assignment,
  type Command,
  type CompoundList,
  type ParsedScript,
  parse,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import { assignedIn, DECLARATIONS } from './assigned';
import { Code, type Decoded } from './code';
import { expandHeredoc, expandText, expandWord, type Surroundings } from './expand';
import { heredocOf, isShellString, nestedHeredoc, nestedWord } from './nested';
import { splitWords } from './split';
import { Variables } from './variables';
import type { Piece, ShellCommand, ShellWord } from './word';

/** Deeper code is not read: nobody writes it, and the stack would not hold it. */
const DEEPEST = 60;

/** Follows a script from top to bottom and collects its commands, with the variables as they are at each of them. */
export class Walk implements Surroundings {
  readonly commands: ShellCommand[] = [];
  /** How often each variable is used. */
  readonly useCounts = new Map<string, number>();
  variables = new Variables();
  code: Code;
  /** Bodies are read last: they run where they are called, with what the variables are then. */
  private readonly functions = new Map<string, { readonly body: SyntaxNode; readonly code: Code }>();
  private readonly script: ParsedScript;
  private depth = 0;

  constructor(text: string) {
    this.code = new Code(text);
    this.script = parse(text);
  }

  run(): void {
    this.statements(this.script.commands);
    if (this.functions.size === 0) return;
    const names = assignedIn(this.script);
    this.variables.forget(names.filter((name, at) => names.indexOf(name) !== at));
    for (const { body, code } of this.functions.values())
      this.inCode(code, () => this.apart(() => this.node(body)));
  }

  uses(name: string): void {
    this.useCounts.set(name, (this.useCounts.get(name) ?? 0) + 1);
  }

  substitute(script: ParsedScript): readonly Piece[] | undefined {
    // Escaped backquotes have text of their own, whose places are unknown.
    if (script.source !== undefined) return undefined;
    const [only, ...others] = script.commands;
    if (only?.command.type === 'Command' && others.length === 0 && only.command.name?.text === 'cat') {
      const heredoc = heredocOf(only.command);
      if (heredoc && only.command.args.length === 0) return expandHeredoc(heredoc, this);
    }
    this.apart(() => this.statements(script.commands));
    return undefined;
  }

  private statements(statements: readonly Statement[]): void {
    for (const statement of statements) this.node(statement.command);
  }

  private node(node: SyntaxNode): void {
    if (this.depth >= DEEPEST) return;
    this.depth++;
    this.visit(node);
    this.depth--;
  }

  private visit(node: SyntaxNode): void {
    switch (node.type) {
      case 'Command':
        this.command(node);
        break;
      case 'AndOr': {
        const [first, ...others] = node.commands;
        if (first) this.node(first);
        for (const other of others) this.branches([() => this.node(other), () => {}]);
        break;
      }
      case 'Pipeline':
        for (const command of node.commands) this.apart(() => this.node(command));
        break;
      case 'If':
        this.statements(node.clause.commands);
        for (const { clause } of node.elif) this.apart(() => this.statements(clause.commands));
        this.choice([node.then, ...node.elif.map(({ then }) => then), node.else]);
        break;
      case 'Case':
        this.choice([...node.items.map(({ body }) => body), undefined]);
        break;
      case 'For':
      case 'Select':
        this.loop(node, () => this.listLoop(node));
        break;
      case 'While':
        this.loop(node, () => this.statements([...node.clause.commands, ...node.body.commands]));
        break;
      case 'ArithmeticFor':
        this.loop(node, () => this.statements(node.body.commands));
        break;
      case 'Subshell':
        this.apart(() => this.statements(node.body.commands));
        break;
      case 'BraceGroup':
        this.statements(node.body.commands);
        break;
      case 'CompoundList':
        this.statements(node.commands);
        break;
      case 'Redirected':
      case 'Coproc':
        this.node(node.type === 'Coproc' ? node.body : node.command);
        break;
      case 'Function':
        this.functions.set(node.name.text, { body: node.body, code: this.code });
        break;
      case 'ArithmeticCommand':
        this.variables.forget(assignedIn(node));
        break;
    }
  }

  /** Code whose assignments do not reach what follows it. */
  private apart(run: () => void): void {
    const before = this.variables;
    this.variables = before.copy();
    run();
    this.variables = before;
  }

  private inCode(code: Code, run: () => void): void {
    const before = this.code;
    this.code = code;
    run();
    this.code = before;
  }

  /** One of several lists runs; undefined: none does. What follows a list that ends the script is never reached. */
  private choice(lists: readonly (CompoundList | undefined)[]): void {
    const run = (list: CompoundList | undefined): void => this.statements(list?.commands ?? []);
    for (const list of lists) if (endsScript(list)) this.apart(() => run(list));
    this.branches(lists.filter((list) => !endsScript(list)).map((list) => () => run(list)));
  }

  private branches(runs: readonly (() => void)[]): void {
    const before = this.variables;
    const after = runs.map((run) => {
      this.variables = before.copy();
      run();
      return this.variables;
    });
    before.join(after);
    this.variables = before;
  }

  /** Each round may find what an earlier one has left. */
  private loop(node: SyntaxNode, run: () => void): void {
    const changed = assignedIn(node);
    this.variables.forget(changed);
    run();
    this.variables.forget(changed);
  }

  private listLoop(node: Extract<SyntaxNode, { type: 'For' | 'Select' }>): void {
    const words = (node.wordlist ?? []).flatMap((word) => expandWord(word, this));
    const [only] = words;
    if (only && words.length === 1 && !only.splits && node.type === 'For') {
      this.variables.set(node.name.text, { kind: 'text', pieces: only.pieces });
    }
    this.statements(node.body.commands);
  }

  private command(node: Command): void {
    const { name } = node;
    const prefix = node.prefix.filter((item) => item.type === 'Assignment');
    if (!name) {
      for (const assignment of prefix) this.assign(assignment);
      return;
    }
    for (const assignment of prefix) this.assignedValue(assignment);
    if (DECLARATIONS.has(name.text)) {
      for (const item of node.args) if (item.type === 'Assignment') this.assign(item);
      return;
    }
    const written = [name, ...node.args.filter((item) => item.type === 'Word')];
    const words = written.flatMap((word, at) => this.word(word, written.slice(0, at)));
    if (words.length > 0) {
      const end = written.at(-1)?.end ?? name.end;
      this.commands.push({ words, range: this.code.range(name.pos, end) });
    }
    this.forgetChanged(node);
    this.heredoc(node);
  }

  private word(word: Word, before: readonly Word[]): ShellWord[] {
    const code = isShellString(word, before) ? nestedWord(word, this.code) : undefined;
    if (code) {
      this.nested(code);
      return [];
    }
    if (before[0]?.text !== 'eval') return expandWord(word, this);
    const pieces = expandText(word, this).map((piece) => ({ ...piece, split: true }));
    return splitWords(pieces, this.code.range(word.pos, word.end), true);
  }

  /** Code in a string or a heredoc. */
  private nested({ text, places }: Decoded): void {
    if (this.depth >= DEEPEST) return;
    this.depth++;
    this.inCode(new Code(text, places), () => this.apart(() => this.statements(parse(text).commands)));
    this.depth--;
  }

  private heredoc(node: Command): void {
    const heredoc = heredocOf(node);
    if (!heredoc) return;
    const words = node.args.flatMap((item) => (item.type === 'Word' ? [item.text] : []));
    const variable = words.at(-1);
    if (node.name?.text === 'read' && variable && words.includes('-d')) {
      this.variables.set(variable, { kind: 'text', pieces: expandHeredoc(heredoc, this) });
      return;
    }
    const code = nestedHeredoc(node, heredoc, this.code);
    if (code) this.nested(code);
  }

  private forgetChanged(node: Command): void {
    this.variables.forget(assignedIn(node));
    const called = this.functions.get(node.name?.text ?? '');
    if (called) this.variables.forget(assignedIn(called.body));
  }

  private assign(assignment: Assignment): void {
    const { name, append, index } = assignment;
    const value = this.assignedValue(assignment);
    const before = this.variables.get(name);
    if (index || (append && before?.kind !== value.kind)) this.variables.forget([name]);
    else if (!append || !before) this.variables.set(name, value);
    else if (value.kind === 'list' && before.kind === 'list') {
      this.variables.set(name, { kind: 'list', words: [...before.words, ...value.words] });
    } else if (value.kind === 'text' && before.kind === 'text') {
      this.variables.set(name, { kind: 'text', pieces: [...before.pieces, ...value.pieces] });
    }
  }

  private assignedValue({
    value,
  }: Assignment): { kind: 'text'; pieces: Piece[] } | { kind: 'list'; words: ShellWord[] } {
    return value.type === 'ArrayValue'
      ? { kind: 'list', words: value.elements.flatMap((element) => expandWord(element, this)) }
      : { kind: 'text', pieces: expandText(value, this) };
  }
}

function endsScript(list: CompoundList | undefined): boolean {
  const last = list?.commands.at(-1)?.command;
  return last?.type === 'Command' && /^(exit|return|exec)$/.test(last.name?.text ?? '');
}
