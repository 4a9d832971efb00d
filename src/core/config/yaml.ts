import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLError,
  type Node as YamlNode,
} from 'yaml';
import type { Problem } from '../problem';
import type { Range } from '../words/text';
import type { Entry, Node, Read, ScalarNode } from './tree';

/** More nodes than this behind aliases is an accident or an attack, not a config. */
const MAX_ALIASED_NODES = 20_000;
/** One broken line often breaks many more after it; the first few tell enough. */
const MAX_SYNTAX_PROBLEMS = 3;

/** Reads YAML 1.2 with anchors, aliases and merge keys. Never throws; an unreadable part is left out. */
export function readYaml(text: string): Read {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const problems = document.errors.slice(0, MAX_SYNTAX_PROBLEMS).map((error) => syntaxProblem(error, text));
  const converter = new Converter(document, text, problems);
  const root = document.contents ? converter.convert(document.contents) : undefined;
  return { root, problems };
}

class Converter {
  private readonly inProgress = new Set<YamlNode>();
  private readonly done = new Map<YamlNode, Node>();
  private readonly sizes = new Map<Node, number>();
  private aliasedNodes = 0;

  constructor(
    private readonly document: Document,
    private readonly text: string,
    private readonly problems: Problem[],
  ) {}

  convert(node: YamlNode): Node {
    const known = this.done.get(node);
    if (known) return known;
    this.inProgress.add(node);
    const converted = this.convertNew(node);
    this.inProgress.delete(node);
    this.done.set(node, converted);
    this.sizes.set(converted, this.sizeOf(converted));
    return converted;
  }

  private convertNew(node: YamlNode): Node {
    const range = this.rangeOf(node);
    if (isAlias(node)) return this.resolveAlias(node.resolve(this.document), node.source, range);
    if (isMap(node)) {
      const entries: Entry[] = [];
      for (const pair of node.items) {
        if (!isPair(pair) || !pair.key) continue;
        entries.push(
          ...this.convertPair(pair.key as YamlNode, (pair.value ?? undefined) as YamlNode | undefined),
        );
      }
      return { kind: 'map', range, style: node.flow ? 'flow' : 'block', entries: withoutOverridden(entries) };
    }
    if (isSeq(node)) {
      return { kind: 'list', range, items: node.items.map((item) => this.convert(item as YamlNode)) };
    }
    return { kind: 'scalar', range, value: isScalar(node) ? plainScalar(node.value) : null };
  }

  private convertPair(keyNode: YamlNode, valueNode: YamlNode | undefined): Entry[] {
    const keyRange = this.rangeOf(keyNode);
    const key = isScalar(keyNode) ? String(keyNode.value) : this.text.slice(keyRange.start, keyRange.end);
    const afterKey = Math.min(keyRange.end + 1, this.text.length);
    const value: Node = valueNode
      ? this.convert(valueNode)
      : { kind: 'scalar', range: { start: afterKey, end: afterKey }, value: null };
    if (key === '<<') return mergedEntries(value);
    // An aliased map or list keeps the place where it was written; its entry still ends where the alias stands.
    const valueEnd = valueNode ? this.rangeOf(valueNode).end : afterKey;
    return [{ key, keyRange, value, range: { start: keyRange.start, end: valueEnd }, merged: false }];
  }

  private resolveAlias(target: YamlNode | undefined, name: string, range: Range): Node {
    const nothing: ScalarNode = { kind: 'scalar', range, value: null };
    if (!target) {
      const message = `No anchor &${name} stands above this alias. Define it first, or write the value out.`;
      this.problems.push({ code: 'SYN001', severity: 'error', range, message, fixes: [] });
      return nothing;
    }
    if (this.inProgress.has(target)) {
      this.problems.push(
        aliasProblem(
          range,
          `*${name} contains itself. Write out the part that is meant instead of the alias.`,
        ),
      );
      return nothing;
    }
    const resolved = this.convert(target);
    this.aliasedNodes += this.sizes.get(resolved) ?? 1;
    if (this.aliasedNodes > MAX_ALIASED_NODES) {
      this.problems.push(
        aliasProblem(
          range,
          `The aliases of this file expand to more than ${MAX_ALIASED_NODES} values. Write out the few that are needed.`,
        ),
      );
      this.aliasedNodes = Number.NEGATIVE_INFINITY; // Said once; every further alias is left empty.
    }
    if (this.aliasedNodes < 0) return nothing;
    return resolved.kind === 'scalar' ? { ...resolved, range } : resolved;
  }

  private sizeOf(node: Node): number {
    if (node.kind === 'scalar') return 1;
    const children = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.value);
    return children.reduce((sum, child) => sum + (this.sizes.get(child) ?? 1), 1);
  }

  private rangeOf(node: YamlNode): Range {
    const [start, end] = node.range ?? [0, 0];
    return {
      start: Math.min(start, this.text.length),
      end: Math.min(Math.max(start, end), this.text.length),
    };
  }
}

/** A key that is written here wins over the same key from a merge. */
function withoutOverridden(entries: Entry[]): Entry[] {
  const written = new Set(entries.filter((entry) => !entry.merged).map((entry) => entry.key));
  return entries.filter((entry) => !entry.merged || !written.has(entry.key));
}

function mergedEntries(value: Node): Entry[] {
  const sources = value.kind === 'list' ? value.items : [value];
  return sources.flatMap((source) =>
    source.kind === 'map' ? source.entries.map((entry) => ({ ...entry, merged: true })) : [],
  );
}

function plainScalar(value: unknown): ScalarNode['value'] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : String(value);
}

function aliasProblem(range: Range, message: string): Problem {
  return { code: 'SYN004', severity: 'error', range, message, fixes: [] };
}

const SYNTAX_ADVICE: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'YAML is indented with spaces; this line uses a tab. Replace it with spaces.',
  BLOCK_AS_IMPLICIT_KEY:
    'A second "key: value" cannot follow on the same line. Put it on a line of its own, or quote the value if the colon belongs to it.',
  MULTILINE_IMPLICIT_KEY:
    'This line is neither "key: value" nor a list item. Is the colon, or a closing quote, missing?',
  MISSING_CHAR:
    'Something is not closed here: a quote, a bracket or a brace, or a comma between two values is missing.',
  BAD_INDENT: 'The indentation does not fit the lines above. Keys of one section start in the same column.',
  BAD_ALIAS:
    'This alias names no anchor that stands above it. Define it with &name first, or write the value out.',
  MULTIPLE_DOCS:
    'A config is one document; everything after this second "---" is ignored. Remove it or make it a file of its own.',
};

function syntaxProblem(error: YAMLError, text: string): Problem {
  const [start, end] = error.pos;
  const clampedStart = Math.min(start, text.length);
  const range = { start: clampedStart, end: Math.max(clampedStart, Math.min(end, text.length)) };
  const reason = SYNTAX_ADVICE[error.code] ?? `${error.message}.`;
  return {
    code: 'SYN001',
    severity: 'error',
    range,
    message: `This is not valid YAML. ${reason}`,
    fixes: error.code === 'TAB_AS_INDENT' ? [spacesForTabs(text)] : [],
  };
}

function spacesForTabs(text: string): Problem['fixes'][number] {
  const edits = [...text.matchAll(/^[ \t]*\t[ \t]*/gm)].map((match) => ({
    range: { start: match.index, end: match.index + match[0].length },
    newText: match[0].replaceAll('\t', '  '),
  }));
  return { title: 'Indent with spaces in the whole file', edits };
}
