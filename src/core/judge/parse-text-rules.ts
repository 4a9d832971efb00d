import type { Entry, MapNode, Node } from '../config/tree';
import { readYaml } from '../config/yaml';
import { firstLine, type Range } from '../words/text';
import { compilePattern } from './pattern';
import { COUNTINGS, type CountRule, type TextRule } from './text-rules';

/** Something in a file of rules that cannot be used: where, what is wrong, and how it is written. */
export interface RuleProblem {
  readonly range: Range;
  readonly message: string;
}

interface ParsedRules {
  readonly rules: readonly TextRule[];
  readonly problems: readonly RuleProblem[];
}

/** Reads a file of rules, YAML or JSON. Never throws; rules that cannot be used are left out. */
export function parseRules(text: string): ParsedRules {
  const { root, problems } = readYaml(text);
  const reader = new Reader([...problems]);
  return { rules: reader.file(root, firstLine(text)), problems: reader.problems };
}

const KEYS = ['name', 'prompt', 'count', 'counting', 'at_most', 'target', 'points', 'ended'] as const;
type Key = (typeof KEYS)[number];

const OF_COUNTS: readonly Key[] = ['counting', 'at_most', 'target'];

class Reader {
  constructor(readonly problems: RuleProblem[]) {}

  file(root: Node | undefined, start: Range): TextRule[] {
    const list = root?.kind === 'map' ? root.entries.find(({ key }) => key === 'rules') : undefined;
    if (root?.kind !== 'map' || list?.value.kind !== 'list' || list.value.items.length === 0) {
      this.#report(list?.keyRange ?? start, 'A judge needs a list of rules under the key "rules".');
      return [];
    }
    for (const { key, keyRange } of root.entries) {
      if (key !== 'rules' && !key.startsWith('x-')) {
        this.#report(keyRange, `There is no key "${key}" here. Only "rules" has a meaning.`);
      }
    }
    return list.value.items.flatMap((item) => this.#rule(item) ?? []);
  }

  #rule(node: Node): TextRule | undefined {
    const before = this.problems.length;
    if (node.kind !== 'map') {
      this.#report(node.range, 'A rule has keys and values, such as "count: \'\\w+\'" and "points: 1".');
      return undefined;
    }
    for (const { key, keyRange } of node.entries) {
      if (!KEYS.some((known) => known === key)) {
        this.#report(keyRange, `A rule has no key "${key}". It has ${KEYS.join(', ')}.`);
      }
    }
    const prompt = this.#pattern(node, 'prompt');
    const points = this.#number(node, 'points');
    this.#text(node, 'name');
    const what = this.#what(node);
    if (this.problems.length === before && points === undefined) {
      this.#report(node.range, 'A rule needs "points": a number, below 0 for what a text should not do.');
    }
    if (this.problems.length > before || points === undefined || !what) return undefined;
    return { what, points, ...(prompt && { prompt }) };
  }

  #what(node: MapNode): TextRule['what'] | undefined {
    const count = entry(node, 'count');
    const ended = entry(node, 'ended');
    if (Boolean(count) === Boolean(ended)) {
      this.#report(
        (count ?? node).range,
        'A rule needs either "count", a pattern to look for, or "ended", true or false.',
      );
      return undefined;
    }
    if (count) return this.#count(node);
    for (const key of OF_COUNTS) {
      const misplaced = entry(node, key);
      if (misplaced) this.#report(misplaced.keyRange, `"${key}" belongs to rules with "count".`);
    }
    const flag = this.#scalar(node, 'ended');
    if (typeof flag === 'boolean') return { kind: 'ended', ended: flag };
    this.#report(ended?.value.range ?? node.range, '"ended" is true or false.');
    return undefined;
  }

  #count(node: MapNode): CountRule | undefined {
    const pattern = this.#pattern(node, 'count');
    const written = this.#scalar(node, 'counting') ?? 'all';
    const counting = COUNTINGS.find((known) => known === written);
    if (!counting) {
      this.#report(
        entry(node, 'counting')?.value.range ?? node.range,
        `"counting" is one of ${COUNTINGS.join(', ')}.`,
      );
    }
    const atMost = this.#number(node, 'at_most', 'whole');
    const target = this.#number(node, 'target', 'whole');
    if (atMost !== undefined && target !== undefined) {
      this.#report(
        entry(node, 'at_most')?.keyRange ?? node.range,
        '"at_most" and "target" exclude each other.',
      );
    }
    if (!pattern || !counting) return undefined;
    return {
      kind: 'count',
      pattern,
      counting,
      ...(atMost !== undefined && { atMost }),
      ...(target !== undefined && { target }),
    };
  }

  #pattern(node: MapNode, key: Key): RegExp | undefined {
    const text = this.#text(node, key);
    if (text === undefined) return undefined;
    const compiled = compilePattern(text);
    if ('pattern' in compiled) return compiled.pattern;
    this.#report(entry(node, key)?.value.range ?? node.range, `The pattern ${compiled.problem}.`);
    return undefined;
  }

  #text(node: MapNode, key: Key): string | undefined {
    const value = this.#scalar(node, key);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.#report(entry(node, key)?.value.range ?? node.range, `"${key}" is text. Write it in single quotes.`);
    return undefined;
  }

  #number(node: MapNode, key: Key, kind?: 'whole'): number | undefined {
    const value = this.#scalar(node, key);
    if (value === undefined) return undefined;
    const fits =
      kind === 'whole' ? Number.isSafeInteger(value) && Number(value) >= 0 : Number.isFinite(value);
    if (fits) return Number(value);
    const type = kind === 'whole' ? 'a whole number of at least 0' : 'a number';
    this.#report(entry(node, key)?.value.range ?? node.range, `"${key}" is ${type}.`);
    return undefined;
  }

  /** Undefined where the key is not written; null where it holds nothing, or more than a value. */
  #scalar(node: MapNode, key: Key): string | number | boolean | null | undefined {
    const value = entry(node, key)?.value;
    if (!value) return undefined;
    return value.kind === 'scalar' ? value.value : null;
  }

  #report(range: Range, message: string): void {
    this.problems.push({ range, message });
  }
}

function entry(node: MapNode, key: Key): Entry | undefined {
  return node.entries.find((candidate) => candidate.key === key);
}
