import { listed } from '../../core/words/counts';
import type { CardConfig } from './dataset-card';

/**
 * Which files of a hub dataset are a split, as the library `datasets` resolves it (data_files.py): what the card says;
 * else the names of parts in `data/`; else folders, then files, with the usual words for splits; else all is `train`.
 */

/** The files of a split, or a sentence why there are none. */
type SplitFiles =
  | { readonly files: readonly string[] }
  | { /** Splits that there are. */ readonly splits: readonly string[]; readonly problem: string };

interface SplitQuery {
  readonly split: string;
  /** `data.*.config` */
  readonly config: string | undefined;
}

/** Words that give a file or folder to a split. */
const SPLIT_WORDS: readonly (readonly [split: string, ...words: string[]])[] = [
  ['train', 'train', 'training'],
  ['validation', 'validation', 'valid', 'dev', 'val'],
  ['test', 'test', 'testing', 'eval', 'evaluation'],
];

/** Files that describe a dataset, and hold none of it. */
const SIDE_FILES = /(^|\/)(README\.md|config\.json|dataset_infos?\.json|dataset_dict\.json|state\.json)$/;

/** By the reader that `datasets` takes for them. */
const KINDS: readonly (readonly [kind: string, ending: RegExp])[] = [
  ['parquet', /\.parquet$/i],
  ['json', /\.(json|jsonl|ndjson)(\.(gz|zst))?$/i],
  ['arrow', /\.arrow$/i],
  ['other', /\.(csv|tsv|txt)(\.(gz|zst))?$/i],
];

/**
 * @param id of the dataset, for messages
 * @param names paths in the repository, with `/`
 * @param card what `cardConfigs` reads
 */
export function filesOfSplit(
  id: string,
  names: readonly string[],
  { split, config }: SplitQuery,
  card: readonly CardConfig[],
): SplitFiles {
  const data = names.filter(isData).sort();
  const chosen = chooseConfig(id, config, card, data);
  if ('problem' in chosen) return { splits: [], problem: chosen.problem };
  const splits = ofOneKind(chosen.splits);
  const files = splits.get(split) ?? namedExactly(data, split);
  if (files.length > 0 && !files.some((name) => kindOf(name) === 'other')) return { files };
  const found = [...splits.keys()];
  if (files.length > 0) {
    return {
      splits: found,
      problem: `${id} has its split ${split} as ${inWords(files)}, which is not read. Convert it to JSON lines or parquet, and name the file.`,
    };
  }
  const of = config === undefined ? '' : ` in its configuration ${config}`;
  const problem =
    found.length > 0
      ? `${id} has no split ${split}${of}; it has ${listed(found)}. Name one of them as split.`
      : `${id} has no JSON, JSONL, parquet or Arrow file of the split ${split}${of}. Its files are ${inWords(names)}. Name another split, or a file.`;
  return { splits: found, problem };
}

/** Whether no part is missing among files numbered `-00000-of-00002`. */
export function areAllParts(files: readonly string[]): boolean {
  const parts = files.map((name) => /^(.*)-\d+-of-(\d+)\.\w+$/.exec(name));
  return parts.every((part, _, all) => {
    if (part === null) return true;
    return all.filter((other) => other?.[1] === part[1]).length === Number(part[2]);
  });
}

/** Hidden files and folders are none, nor those that begin with two underscores. */
function isData(name: string): boolean {
  if (SIDE_FILES.test(name) || kindOf(name) === undefined) return false;
  return !name.split('/').some((part) => part.startsWith('.') || part.startsWith('__'));
}

function kindOf(name: string): string | undefined {
  return KINDS.find(([, ending]) => ending.test(name))?.[0];
}

type Splits = ReadonlyMap<string, readonly string[]>;

function chooseConfig(
  id: string,
  config: string | undefined,
  card: readonly CardConfig[],
  names: readonly string[],
): { readonly splits: Splits } | { readonly problem: string } {
  if (card.length === 0) {
    if (config === undefined || config === 'default') return { splits: usualSplits(names) };
    // Configurations as folders, which datasets knows as data_dir.
    const inFolder = names.filter((name) => name.split('/').slice(0, -1).includes(config));
    return { splits: usualSplits(inFolder) };
  }
  const wanted =
    config === undefined
      ? (card.find(({ isDefault }) => isDefault) ?? (card.length === 1 ? card[0] : undefined))
      : card.find(({ name }) => name === config);
  if (!wanted) {
    const found = listed(card.map(({ name }) => name));
    return {
      problem:
        config === undefined
          ? `${id} has several configurations: ${found}. Name one of them as config.`
          : `${id} has no configuration ${config}; it has ${found}. Name one of them as config.`,
    };
  }
  const { patterns, folder } = wanted;
  const within = folder ? names.filter((name) => name.startsWith(`${folder}/`)) : names;
  if (!patterns) return { splits: usualSplits(within) };
  const root = folder ? `${folder}/` : '';
  const splits = [...patterns].map(([split, list]): [string, string[]] => {
    const expressions = list.map((pattern) => globExpression(root + pattern.replace(/^\.\//, '')));
    return [split, names.filter((name) => expressions.some((expression) => expression.test(name)))];
  });
  return { splits: new Map(splits.filter(([, files]) => files.length > 0)) };
}

function globExpression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|\[[^\]]*\]|[\\^$.+()|{}\][/-]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.length > 1 ? part.replace(/^\[!/, '[^') : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

/** Parts such as `data/train_prefs-00000-of-00001.parquet`, whose split can have any name. */
const PART = /(?:^|\/)data\/(\w+)-\d{5}-of-\d{5}[^/]*\.[^/]*$/;

function usualSplits(names: readonly string[]): Splits {
  const parts = names.flatMap((name) => {
    const split = PART.exec(name)?.[1];
    return split === undefined ? [] : ([[split, name]] as const);
  });
  if (parts.length > 0) return bySplit(parts);
  const folders = byWords(names, (name) => name.split('/').slice(0, -1));
  if (folders.size > 0) return folders;
  const files = byWords(names, (name) => name.split('/').slice(-1));
  if (files.size > 0) return files;
  return names.length > 0 ? new Map([['train', names]]) : new Map();
}

function byWords(names: readonly string[], partsOf: (name: string) => readonly string[]): Splits {
  return bySplit(
    SPLIT_WORDS.flatMap(([split, ...words]) =>
      names
        .filter((name) => partsOf(name).some((part) => words.some((word) => hasWord(part, word))))
        .map((name) => [split, name] as const),
    ),
  );
}

/** A word between the borders that `datasets` knows: the ends of a name, `-`, `.`, `_`, a space and digits. */
function hasWord(part: string, word: string): boolean {
  return new RegExp(`(^|[-._ 0-9])${word}([-._ 0-9]|$)`).test(part);
}

function bySplit(entries: readonly (readonly [string, string])[]): Splits {
  const splits = new Map<string, string[]>();
  for (const [split, name] of entries) splits.set(split, [...(splits.get(split) ?? []), name]);
  const order = (split: string): number => SPLIT_WORDS.findIndex(([known]) => known === split) >>> 0;
  return new Map([...splits].sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1)));
}

/** A dataset is read by one reader, the one for most of its files; the rest lies beside it. */
function ofOneKind(splits: Splits): Splits {
  const counts = new Map<string, number>();
  for (const name of [...splits.values()].flat()) {
    const kind = kindOf(name) ?? '';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  const kept = [...splits].map(
    ([split, files]) => [split, files.filter((name) => kindOf(name) === most)] as const,
  );
  return new Map(kept.filter(([, files]) => files.length > 0));
}

/** Files that bear a split's own name, which `datasets` would give to the split of a word in it. */
function namedExactly(names: readonly string[], split: string): readonly string[] {
  const ending = /(-\d+-of-\d+)?(\.[a-z]+)+$/i;
  return names.filter((name) => name.split('/').some((part) => part.replace(ending, '') === split));
}

function inWords(names: readonly string[]): string {
  const shown = names.filter((name) => !name.startsWith('.')).slice(0, 8);
  return names.length > shown.length ? `${shown.join(', ')} and others` : shown.join(', ');
}
