import type { Problem } from '../problem';
import { firstLine, type Range } from '../words/text';

export type Format = 'yaml' | 'json';

/** What reading a text gives. */
export interface Read {
  readonly root: Node | undefined;
  readonly problems: Problem[];
}

/**
 * What was written, and where: the common shape of a YAML and a JSON file. Aliases and merge keys are resolved,
 * so one node can be reached by two paths; a node keeps the place where it was written.
 */
export type Node = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: 'map';
  readonly range: Range;
  readonly style: 'block' | 'flow';
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Node;
  /** From the key to the end of the value. */
  readonly range: Range;
  /** True when the entry came through a merge key (`<<`), so that it is not written in this map. */
  readonly merged: boolean;
}

export interface ListNode {
  readonly kind: 'list';
  readonly range: Range;
  readonly items: readonly Node[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  /** The place of the value; of the alias where the value was given by one; empty where nothing was written. */
  readonly range: Range;
  readonly value: string | number | boolean | null;
}

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

export function entryOf(node: Node | undefined, key: string): Entry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The first key that is written, else the first line: the place of what is missing. */
export function firstKeyRange(text: string, root: Node | undefined): Range {
  const first = root?.kind === 'map' ? root.entries.find((entry) => !entry.merged) : undefined;
  return first?.keyRange ?? firstLine(text);
}

export function nodeAt(root: Node | undefined, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((node, key) => entryOf(node, key)?.value, root);
}

/** The node's value as plain data, for schema validation. */
export function toPlain(node: Node): Plain {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toPlain);
    case 'map':
      return plainMap(node.entries);
  }
}

/** In the order of the file. Of a key that is written twice the first one counts, as in `entryOf`. */
function plainMap(entries: readonly Entry[]): Plain {
  const values = new Map<string, Plain>();
  for (const { key, value } of entries) if (!values.has(key)) values.set(key, toPlain(value));
  // fromEntries defines properties, so a key named __proto__ is data like any other.
  return Object.fromEntries(values);
}
