import { applyEdits, editBetween, type Range, type TextEdit } from '../../words/text';
import { type EditableText, removeEntry, setValue, type Value } from '../edit';
import { read } from '../read';
import { firstKeyRange, type Node, type Plain, toPlain, type Entry as YamlEntry } from '../tree';
import type { Entries, Entry } from './entries';

/** No trainer's keys lie deeper. */
const MAX_DEPTH = 8;
const REFERENCE = /^\$\{([\w.]+)\}$/;

/** The mapping of a YAML file as entries; `inherited` are mappings that it builds upon, the closest first. */
export class YamlEntries implements Entries {
  readonly all: readonly Entry[];
  private readonly byKey = new Map<string, Entry>();
  private readonly plain: Plain;

  constructor(
    private readonly source: EditableText,
    private readonly inherited: readonly Node[] = [],
  ) {
    const { root } = source;
    this.plain = [...(root ? [root] : []), ...inherited].map(toPlain).reduceRight<Plain>(merged, {});
    this.all = root ? leavesOf(root, []).map((leaf) => this.entryOf(leaf)) : [];
    // Python's readers of YAML take the last one of two.
    for (const entry of this.all) this.byKey.set(entry.key, entry);
  }

  find(key: string): Entry | undefined {
    return this.byKey.get(key) ?? this.inheritedEntry(key);
  }

  set(key: string, value: Value): TextEdit[] | undefined {
    return setValue(this.source, key.split('.'), value);
  }

  remove(key: string): TextEdit[] | undefined {
    return removeEntry(this.source, key.split('.'));
  }

  rename(key: string, to: string): TextEdit[] | undefined {
    const entry = this.byKey.get(key);
    if (!entry || this.byKey.has(to)) return undefined;
    const { keyRange } = entry;
    const sectionOf = (dotted: string): string => dotted.slice(0, dotted.lastIndexOf('.') + 1);
    if (sectionOf(key) === sectionOf(to)) {
      const quote = /^["']/.exec(this.source.text.slice(keyRange.start, keyRange.end))?.[0] ?? '';
      return [{ range: keyRange, newText: quote + to.slice(sectionOf(to).length) + quote }];
    }
    return this.move(key, to, entry.value);
  }

  placeOf(key: string): Range {
    const keys = key.split('.');
    for (let depth = keys.length - 1; depth > 0; depth--) {
      const section = sectionEntry(this.source.root, keys.slice(0, depth));
      if (section) return section.keyRange;
    }
    return firstKeyRange(this.source.text, this.source.root);
  }

  private move(key: string, to: string, value: Plain | undefined): TextEdit[] | undefined {
    const removal = this.remove(key);
    if (!removal || value === undefined || value === null) return undefined;
    if (typeof value === 'object' && !Array.isArray(value)) return undefined;
    const { text, format } = this.source;
    const without = applyEdits(text, removal);
    const { root } = read(without, format);
    const insertion = setValue({ text: without, format, root }, to.split('.'), value as Value);
    return insertion && [editBetween(text, applyEdits(without, insertion))];
  }

  private entryOf({ keys, entry }: Leaf): Entry {
    const { value: node, keyRange } = entry;
    const range = node.range.end > node.range.start ? node.range : keyRange;
    return {
      key: keys.join('.'),
      keyRange,
      range,
      value: this.resolved(toPlain(node), keys),
      text: this.source.text.slice(range.start, range.end),
      itemRanges: node.kind === 'list' ? node.items.map((item) => item.range) : [],
    };
  }

  /** What stands in a file that this one builds upon has no place here: it is marked at the closest section. */
  private inheritedEntry(key: string): Entry | undefined {
    if (this.inherited.length === 0) return undefined;
    const value = at(this.plain, key.split('.'));
    if (value === undefined) return undefined;
    const range = this.placeOf(key);
    return { key, keyRange: range, range, value, text: String(value), itemRanges: [], inherited: true };
  }

  /** `${other.key}` and `${.sibling}` of OmegaConf, where the file itself decides what they are. */
  private resolved(value: Plain, keys: readonly string[], depth = 0): Plain | undefined {
    if (typeof value !== 'string' || !/\$\{|^\?\?\?$/.test(value)) return value;
    const name = REFERENCE.exec(value)?.[1];
    if (name === undefined || depth > 5) return undefined;
    const path = name.startsWith('.') ? [...keys.slice(0, -1), name.slice(1)] : name.split('.');
    const found = at(this.plain, path);
    return found === undefined ? undefined : this.resolved(found, path, depth + 1);
  }
}

interface Leaf {
  readonly keys: readonly string[];
  readonly entry: YamlEntry;
}

/** Every entry: sections as well, as some trainers read a whole section as one value. */
function leavesOf(node: Node, above: readonly string[]): Leaf[] {
  if (node.kind !== 'map' || above.length >= MAX_DEPTH) return [];
  return node.entries.flatMap((entry) => {
    const keys = [...above, entry.key];
    return [{ keys, entry }, ...leavesOf(entry.value, keys)];
  });
}

function sectionEntry(root: Node | undefined, keys: readonly string[]): YamlEntry | undefined {
  let node = root;
  let found: YamlEntry | undefined;
  for (const key of keys) {
    found = node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
    node = found?.value;
  }
  return found;
}

function at(value: Plain | undefined, path: readonly string[]): Plain | undefined {
  return path.reduce<Plain | undefined>(
    (section, key) =>
      section !== null &&
      typeof section === 'object' &&
      !Array.isArray(section) &&
      Object.hasOwn(section, key)
        ? section[key]
        : undefined,
    value,
  );
}

/** The upper mapping over the lower one, section by section. */
function merged(lower: Plain, upper: Plain): Plain {
  const isMap = (value: Plain): value is { [key: string]: Plain } =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isMap(lower) || !isMap(upper)) return upper;
  const result = new Map(Object.entries(lower));
  for (const [key, value] of Object.entries(upper)) {
    const below = result.get(key);
    result.set(key, below === undefined ? value : merged(below, value));
  }
  return Object.fromEntries(result);
}
