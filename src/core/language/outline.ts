import type { Checked } from '../check/check';
import { showValue } from '../config/describe';
import type { Experiment } from '../config/experiment';
import { formatOf, read } from '../config/read';
import { sectionAt } from '../config/table';
import { type Entry, type Node, toPlain } from '../config/tree';
import type { OutlineItem } from './types';

/** The file's keys with their values, as a tree. */
export function outlineOf({ text, fileName, experiment }: Checked): OutlineItem[] {
  if (!/\.(ya?ml|json)$/i.test(fileName)) return [];
  return itemsOf(experiment, read(text, formatOf(fileName)).root, []);
}

/** No option lies deeper; a file that nests further is something else. */
const MAX_DEPTH = 6;

function itemsOf(experiment: Experiment, node: Node | undefined, above: readonly string[]): OutlineItem[] {
  if (node?.kind !== 'map' || above.length >= MAX_DEPTH) return [];
  return node.entries
    .filter((entry) => !entry.merged)
    .map((entry) => itemOf(experiment, entry, [...above, entry.key]));
}

function itemOf(experiment: Experiment, entry: Entry, path: readonly string[]): OutlineItem {
  const name = path.join('.');
  // A value that stands elsewhere (an alias) belongs to that place's outline.
  const ownValue = entry.value.range.start >= entry.keyRange.end && entry.value.range.end <= entry.range.end;
  const isSection = sectionAt(name) !== undefined || experiment.keysIn(name).length > 0;
  const known = isSection ? 'section' : experiment.optionOf(name) ? 'option' : 'unknown';
  return {
    name: entry.key,
    detail: entry.value.kind === 'map' ? '' : showValue(toPlain(entry.value)),
    kind: known,
    range: entry.range,
    nameRange: entry.keyRange,
    children: ownValue ? itemsOf(experiment, entry.value, path) : [],
  };
}
