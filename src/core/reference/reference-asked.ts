import type { Config } from '../config/config';
import { OPTION_PATHS } from '../config/table';
import { isFields } from '../runs/read-files';

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

/** An asking that was answered with a table. */
export interface AnsweredReference extends AskedReference {
  /** Milliseconds since 1970: files that changed later may give another table. */
  readonly at: number;
}

/** Askings that are remembered with a table. */
const REMEMBERED = 20;

/** @param before from a file, so of any shape */
export function remember(before: unknown, asked: AskedReference, at: number): AnsweredReference[] {
  const others = answers(before).filter((other) => !isSame(asked, other));
  return [...others, { ...asked, at }].slice(-REMEMBERED);
}

/**
 * When this was asked last and answered with the table; undefined where it never was.
 *
 * @param before from a file, so of any shape
 */
export function answeredAt(before: unknown, asked: AskedReference): number | undefined {
  return answers(before).find((other) => isSame(asked, other))?.at;
}

function answers(value: unknown): AnsweredReference[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item) =>
      isFields(item) &&
      typeof item.at === 'number' &&
      typeof item.baseFolder === 'string' &&
      isFields(item.settings),
  );
}

function isSame(a: AskedReference, b: AskedReference): boolean {
  return a.baseFolder === b.baseFolder && sorted(a.settings) === sorted(b.settings);
}

function sorted(settings: AskedReference['settings']): string {
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}
