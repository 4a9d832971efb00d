/** Files that rows are read from; what describes a dataset (`dataset_infos.json`) is none. */
const DATA_FILE = /(?<!(^|\/)(dataset_infos?|dataset_dict|state))\.(jsonl|jsonl\.gz|json|parquet)$/;

/** Names that the hub's datasets give to a split, the one that a config says first. */
const SPLIT_WORDS: readonly (readonly string[])[] = [
  ['train', 'training'],
  ['validation', 'valid', 'val', 'dev'],
  ['test', 'testing', 'eval', 'evaluation'],
];

/**
 * The files of a hub dataset that hold a split, sorted. Files are named after their split (`train.jsonl`,
 * `data/train-00000-of-00002.parquet`, `train/0000.parquet`) and lie in a folder named after their configuration.
 * Where no file is named after any split, all are the split `train`, as for the `datasets` library.
 *
 * @param names paths in the repository, with `/`
 * @param config as `data.train.config`; all where undefined or `default`
 */
export function filesOfSplit(
  names: readonly string[],
  split: string,
  config: string | undefined,
): readonly string[] {
  const files = names.filter((name) => DATA_FILE.test(name) && isOfConfig(name, config)).sort();
  const words = SPLIT_WORDS.find(([first]) => first === split) ?? [split];
  for (const word of words) {
    const found = files.filter((name) => isNamedAfter(name, word));
    if (found.length > 0) return found;
  }
  const isNamed = (name: string) => SPLIT_WORDS.flat().some((word) => isNamedAfter(name, word));
  return split === 'train' && !files.some(isNamed) ? files : [];
}

/** Whether no part is missing among files numbered `-00000-of-00002`. */
export function areAllParts(files: readonly string[]): boolean {
  const parts = files.map((name) => /^(.*)-\d+-of-(\d+)\.\w+$/.exec(name));
  return parts.every((part, _, all) => {
    if (part === null) return true;
    return all.filter((other) => other?.[1] === part[1]).length === Number(part[2]);
  });
}

function isNamedAfter(name: string, split: string): boolean {
  const words = split.replace(/[^\w]/g, '\\$&');
  return new RegExp(`(^|[-._/])${words}[-./]`).test(name);
}

function isOfConfig(name: string, config: string | undefined): boolean {
  return config === undefined || config === 'default' || name.split('/').slice(0, -1).includes(config);
}
