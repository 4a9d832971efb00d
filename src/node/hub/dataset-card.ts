import { parse } from 'yaml';
import { isObject, type JsonObject } from '../files/json';

/** A configuration (subset) that the card of a dataset declares. */
export interface CardConfig {
  readonly name: string;
  readonly isDefault: boolean;
  /** Patterns by split; absent where the usual names decide, within `folder`. */
  readonly patterns?: ReadonlyMap<string, readonly string[]>;
  readonly folder?: string;
}

/** The section `configs` at the head of a README.md; empty where there is none that can be read. */
export function cardConfigs(readme: string): readonly CardConfig[] {
  const head = /^\u{FEFF}?---\r?\n([\s\S]*?)\r?\n---/u.exec(readme)?.[1];
  if (head === undefined) return [];
  try {
    const card: unknown = parse(head);
    const configs = isObject(card) ? card.configs : undefined;
    return Array.isArray(configs) ? (configs as readonly unknown[]).filter(isObject).map(toConfig) : [];
  } catch {
    return [];
  }
}

function toConfig({
  config_name: name,
  default: isDefault,
  data_files: files,
  data_dir: folder,
}: JsonObject): CardConfig {
  const called = typeof name === 'string' ? name : 'default';
  const patterns = patternsOf(files);
  return {
    name: called,
    isDefault: isDefault === true || called === 'default',
    ...(patterns.size > 0 && { patterns }),
    ...(typeof folder === 'string' && { folder: folder.replace(/^\.?\/+|\/+$/g, '') }),
  };
}

/** Files without a split are the split `train`. */
function patternsOf(files: unknown): ReadonlyMap<string, readonly string[]> {
  const bySplit = new Map<string, string[]>();
  const add = (split: unknown, paths: unknown): void => {
    const key = typeof split === 'string' ? split : 'train';
    const list = [paths].flat().filter((path) => typeof path === 'string');
    if (list.length > 0) bySplit.set(key, [...(bySplit.get(key) ?? []), ...list]);
  };
  for (const entry of [files].flat() as readonly unknown[]) {
    if (typeof entry === 'string') add('train', entry);
    else if (isObject(entry) && 'path' in entry) add(entry.split, entry.path);
    else if (isObject(entry)) for (const [split, paths] of Object.entries(entry)) add(split, paths);
  }
  return bySplit;
}
