import type { Range, TextEdit } from '../words/text';
import type { Config, OptionPath } from './config';
import { type EditableText, removeEntry, setValue, type Value } from './edit';
import type {
  Dialect,
  Experiment,
  KnownKey,
  Located,
  Setting,
  TrainerProfile,
  WrittenString,
} from './experiment';
import { OPTIONS } from './options';
import { referenceInShort } from './questions';
import { formatOf, read } from './read';
import { childrenOf, defaultOf, describeDefault, isOptionPath, optionAt, sectionAt } from './table';
import { entryOf, firstKeyRange, type Node, toPlain } from './tree';
import { validate } from './validate';

/** Our own config files, `*.dpo.yaml` and `*.dpo.json`. */
export const DPO_LAB: Dialect = {
  matches: (fileName) => /\.dpo\.(ya?ml|json)$/i.test(fileName),
  read(text, fileName) {
    const format = formatOf(fileName);
    const { root, problems } = read(text, format);
    const source: EditableText = { text, format, root };
    const { problems: wrong, malformed } = validate(source);
    // Where the syntax is broken the structure is a guess, so nothing is said about keys and what is missing.
    const readable = !problems.some((problem) => problem.code !== 'SYN002');
    return {
      experiments: [new WrittenExperiment(source, malformed)],
      problems: readable ? [...problems, ...wrong] : problems,
      complete: readable && root !== undefined,
    };
  },
};

const ONNX_LOSSES = ['sigmoid', 'hinge', 'ipo', 'robust'];
const TORCH_LOSSES = Object.keys(OPTIONS['objective.loss'].type.values);

class WrittenExperiment implements Experiment {
  readonly trainer: TrainerProfile;
  private readonly settings = new Map<OptionPath, Setting<unknown>>();

  constructor(
    private readonly source: EditableText,
    private readonly malformed: ReadonlySet<string>,
  ) {
    const torch = this.get('backend.kind').value === 'torch';
    this.trainer = {
      name: torch ? 'the torch trainer' : 'the onnx trainer',
      losses: torch ? TORCH_LOSSES : ONNX_LOSSES,
      smoothedLosses: torch
        ? ['sigmoid', 'robust', 'exo_pair', 'aot', 'aot_unpaired']
        : ['sigmoid', 'robust'],
      dialect: 'dpo-lab',
      launch: 'dpo-lab train FILE',
      program: torch ? 'torch' : 'onnx',
      version: undefined,
      packages: {},
      turns: [],
      substitutesVariables: false,
      foreignTokenizer: true,
      reference: referenceInShort(this),
      logs: ['metrics.jsonl', 'trainer.jsonl'],
    };
  }

  get<P extends OptionPath>(path: P): Setting<Config[P]> {
    let setting = this.settings.get(path);
    if (!setting) {
      setting = this.read(path);
      this.settings.set(path, setting);
    }
    return setting as Setting<Config[P]>;
  }

  set<P extends OptionPath>(path: P, value: NonNullable<Config[P]>): TextEdit[] | undefined {
    const { keys } = this.find(path);
    return setValue(this.source, keys, value as Value);
  }

  remove(path: OptionPath): TextEdit[] | undefined {
    return removeEntry(this.source, this.find(path).keys);
  }

  locate(offset: number): Located | undefined {
    const keys: string[] = [];
    let node = this.source.root;
    while (node?.kind === 'map') {
      const entry = node.entries.find(({ merged, range }) => !merged && contains(range, offset));
      if (!entry) return undefined;
      keys.push(entry.key);
      const path = keys.join('.');
      if (!optionAt(path) && !sectionAt(path)) return undefined;
      if (contains(entry.keyRange, offset)) return { path, key: path, part: 'key', range: entry.keyRange };
      if (entry.value.kind !== 'map') {
        const shorthand = sectionAt(path)?.shorthand;
        const option = shorthand ? `${path}.${shorthand}` : path;
        return contains(entry.value.range, offset)
          ? { path: option, key: path, part: 'value', range: entry.value.range }
          : undefined;
      }
      node = entry.value;
    }
    return undefined;
  }

  keysIn(section: string): KnownKey[] {
    return childrenOf(section).map(({ key, path, isSection }) => ({ key, path, isSection }));
  }

  optionOf(key: string): OptionPath | undefined {
    const shorthand = sectionAt(key)?.shorthand;
    const path = shorthand ? `${key}.${shorthand}` : key;
    return isOptionPath(path) ? path : undefined;
  }

  defaultInWords(path: OptionPath): string | undefined {
    return describeDefault(path);
  }

  spell(_path: OptionPath, value: string): string {
    return value;
  }

  get strings(): WrittenString[] {
    const found: WrittenString[] = [];
    const visit = (node: Node, path: readonly string[], depth: number): void => {
      if (depth > 40) return;
      if (node.kind === 'scalar') {
        if (typeof node.value === 'string' && node.range.end > node.range.start) {
          found.push({ text: node.value, range: node.range, remove: () => removeEntry(this.source, path) });
        }
      } else if (node.kind === 'list') {
        for (const item of node.items) visit(item, path, depth + 1);
      } else {
        for (const entry of node.entries)
          if (!entry.merged) visit(entry.value, [...path, entry.key], depth + 1);
      }
    };
    if (this.source.root) visit(this.source.root, [], 0);
    return found;
  }

  private read(path: OptionPath): Setting<unknown> {
    const { keys, node, range, keyRange } = this.find(path);
    const key = keys.join('.');
    const written = node && !(node.kind === 'scalar' && node.value === null) ? node : undefined;
    if (written && !this.isMalformed(path)) {
      const itemRanges = written.kind === 'list' ? written.items.map((item) => item.range) : [];
      return {
        value: toPlain(written),
        given: true,
        malformed: false,
        key,
        range,
        ...(keyRange ? { keyRange } : {}),
        itemRanges,
        expressible: true,
      };
    }
    const fallback = {
      value: this.defaultFor(path),
      given: false,
      key,
      range,
      ...(keyRange ? { keyRange } : {}),
      itemRanges: [],
      expressible: true,
    };
    if (!node) return { ...fallback, malformed: this.isMalformed(path) };
    const itemRanges = node.kind === 'list' ? node.items.map((item) => item.range) : [];
    return { ...fallback, malformed: true, written: toPlain(node), itemRanges };
  }

  private isMalformed(path: string): boolean {
    for (let prefix = path; prefix; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('.')))) {
      if (this.malformed.has(prefix)) return true;
    }
    return false;
  }

  private defaultFor(path: OptionPath): unknown {
    const fallback = optionAt(path).default;
    const choice =
      fallback !== undefined && typeof fallback === 'object' && 'by' in fallback
        ? String(this.get(fallback.by as OptionPath).value)
        : undefined;
    return defaultOf(path, choice);
  }

  /** Follows a path through the tree; `model: name` is found as `model.path`. */
  private find(path: OptionPath): Found {
    const parts = path.split('.');
    let node = this.source.root;
    let range: Range = firstKeyRange(this.source.text, this.source.root);
    let keyRange: Range | undefined;
    for (const [depth, key] of parts.entries()) {
      const section = parts.slice(0, depth).join('.');
      if (node && node.kind !== 'map') {
        const isShorthand = sectionAt(section)?.shorthand === key && depth === parts.length - 1;
        return isShorthand
          ? { keys: parts.slice(0, depth), node, range, keyRange }
          : { keys: parts, node: undefined, range };
      }
      const entry = entryOf(node, key);
      if (!entry) return { keys: shortKeys(parts, depth), node: undefined, range };
      node = entry.value;
      keyRange = entry.keyRange;
      const isLast = depth === parts.length - 1;
      const hasPlace = node.range.end > node.range.start && (isLast || node.kind !== 'map');
      range = hasPlace ? node.range : entry.keyRange;
    }
    return { keys: parts, node, range, keyRange };
  }
}

interface Found {
  readonly keys: string[];
  readonly node: Node | undefined;
  readonly range: Range;
  readonly keyRange?: Range | undefined;
}

function contains(range: Range, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

/** How an absent option would be written: `model: x` rather than a section with one key. */
function shortKeys(parts: string[], writtenDepth: number): string[] {
  const section = parts.slice(0, -1).join('.');
  const isShorthand = sectionAt(section)?.shorthand === parts.at(-1);
  return isShorthand && writtenDepth < parts.length - 1 ? parts.slice(0, -1) : parts;
}
