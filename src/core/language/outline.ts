import { showValue } from '../config/describe';
import { formatOf, read } from '../config/read';
import { optionAt, sectionAt } from '../config/table';
import { type Entry, type Node, toPlain } from '../config/tree';
import type { OutlineItem } from './types';

/** The file's keys with their values, as a tree. */
export function outlineOf(text: string, fileName: string): OutlineItem[] {
  return itemsOf(read(text, formatOf(fileName)).root, []);
}

/** No option lies deeper; a file that nests further is something else. */
const MAX_DEPTH = 6;

function itemsOf(node: Node | undefined, above: readonly string[]): OutlineItem[] {
  if (node?.kind !== 'map' || above.length >= MAX_DEPTH) return [];
  return node.entries.filter((entry) => !entry.merged).map((entry) => itemOf(entry, [...above, entry.key]));
}

function itemOf(entry: Entry, path: readonly string[]): OutlineItem {
  const name = path.join('.');
  // A value that stands elsewhere (an alias) belongs to that place's outline.
  const ownValue = entry.value.range.start >= entry.keyRange.end && entry.value.range.end <= entry.range.end;
  const known = sectionAt(name) ? 'section' : optionAt(name) ? 'option' : 'unknown';
  return {
    name: entry.key,
    detail: entry.value.kind === 'map' ? '' : showValue(toPlain(entry.value)),
    kind: known,
    range: entry.range,
    nameRange: entry.keyRange,
    children: ownValue ? itemsOf(entry.value, path) : [],
  };
}
