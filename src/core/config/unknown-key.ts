import { closest, distance } from 'fastest-levenshtein';
import type { Fix, Problem } from '../problem';
import { applyEdits, editBetween, type Range, type TextEdit } from '../words/text';
import type { OptionPath } from './config';
import { type EditableText, removeEntry, setValue } from './edit';
import { read } from './read';
import { childrenOf, OPTION_PATHS, optionAt } from './table';
import { entryOf, nodeAt } from './tree';

/** A key that the table does not have, with the key that was probably meant. */
export function unknownKey(source: EditableText, section: readonly string[], key: string): Problem {
  const entry = entryOf(nodeAt(source.root, section), key);
  const range = entry?.keyRange ?? { start: 0, end: 0 };
  const where = section.length ? `in ${section.join('.')}` : 'at the top level';
  const start = `Unknown key "${key}" ${where}: it would be ignored.`;
  const problem = (advice: string, fixes: Fix[]): Problem => ({
    code: 'KEY001',
    severity: 'error',
    range,
    message: `${start} ${advice}`,
    fixes,
  });

  const known = childrenOf(section.join('.')).map((child) => child.key);
  const removal = removeEntry(source, [...section, key]);
  const removalFixes = removal ? [{ title: `Remove ${key}`, edits: removal }] : [];
  const sibling = nearest(key, known);
  if (sibling && entry) {
    if (entryOf(nodeAt(source.root, section), sibling)) {
      return problem(`"${sibling}" was probably meant, and it is written here already.`, removalFixes);
    }
    return problem(`Did you mean "${sibling}"?`, [renameFix(source, range, sibling)]);
  }
  const elsewhere = optionElsewhere(key);
  if (elsewhere) {
    const here = elsewhere === [...section, lastPart(elsewhere)].join('.');
    const free = entry && !nodeAt(source.root, elsewhere.split('.'));
    if (here && free)
      return problem(`Use ${elsewhere}.`, [renameFix(source, range, lastPart(elsewhere)), ...removalFixes]);
    const edits = moveEdits(source, [...section, key], elsewhere);
    const fixes = edits ? [{ title: `Move to ${elsewhere}`, edits }, ...removalFixes] : removalFixes;
    return problem(`Use ${elsewhere}.`, fixes);
  }
  return problem(`Keys ${where}: ${known.join(', ')}.`, removalFixes);
}

function renameFix(source: EditableText, keyRange: Range, name: string): Fix {
  const quote = /^["']/.exec(source.text.slice(keyRange.start, keyRange.end))?.[0] ?? '';
  return { title: `Rename to ${name}`, edits: [{ range: keyRange, newText: quote + name + quote }] };
}

/** The known key at most two edits away, and closer than half its length. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const normal = normalized(key);
  const best = known.length ? closest(normal, known) : undefined;
  if (best === undefined) return undefined;
  const edits = distance(normal, best);
  return edits <= 2 && edits * 2 < best.length ? best : undefined;
}

/** The same key in another section, or another trainer's name for it, or a near miss of either. */
function optionElsewhere(key: string): OptionPath | undefined {
  const normal = normalized(key);
  const names = new Map<string, OptionPath>();
  for (const path of OPTION_PATHS) {
    for (const name of [lastPart(path), ...(optionAt(path).alsoKnownAs ?? [])]) {
      if (!names.has(name)) names.set(name, path);
    }
  }
  const name = names.has(normal)
    ? normal
    : nearest(
        normal,
        [...names.keys()].filter((candidate) => candidate.length > 4),
      );
  return name === undefined ? undefined : names.get(name);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function normalized(key: string): string {
  return key
    .replace(/^-+/, '')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}

/** Moves a plain value to the path where it belongs, unless something is written there already. */
function moveEdits(source: EditableText, from: readonly string[], to: OptionPath): TextEdit[] | undefined {
  const value = nodeAt(source.root, from);
  if (value?.kind !== 'scalar' || value.value === null) return undefined;
  if (nodeAt(source.root, to.split('.'))) return undefined;
  const removal = removeEntry(source, from);
  if (!removal) return undefined;
  const without = applyEdits(source.text, removal);
  const { root } = read(without, source.format);
  const insertion = setValue({ text: without, format: source.format, root }, to.split('.'), value.value);
  return insertion && [editBetween(source.text, applyEdits(without, insertion))];
}
