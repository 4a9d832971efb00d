import type { Config } from '../config/option-types';
import { OPTION_PATHS } from '../config/table';

/**
 * What a config asks of its reference, as far as its text tells. Configs of one folder that ask the same share a table
 * as long as no model and no data file has changed, so a table can be found without opening either.
 */
export interface AskedReference {
  /** Absolute: relative paths start here. */
  readonly baseFolder: string;
  /** Options by their path, those without a value left out. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export function askedReference(config: Config, baseFolder: string): AskedReference {
  const paths = OPTION_PATHS.filter(
    (path) => /^(model|reference|data)\./.test(path) && config[path] !== undefined && !isSplit(path, config),
  );
  return { baseFolder, settings: Object.fromEntries(paths.map((path) => [path, config[path]])) };
}

/** Pairs that are held out are scored like the others. */
function isSplit(path: string, config: Config): boolean {
  return path === 'data.eval_fraction' && config['data.limit'] === undefined;
}

/** @param other from a file, so of any shape */
export function asksTheSame({ baseFolder, settings }: AskedReference, other: unknown): boolean {
  const { baseFolder: folder, settings: others } = (other ?? {}) as Partial<Record<string, unknown>>;
  return folder === baseFolder && sorted(others) === sorted(settings);
}

function sorted(settings: unknown): string {
  return JSON.stringify(Object.entries(settings ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}
