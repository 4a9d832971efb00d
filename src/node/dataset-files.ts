import { join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { DataFacts, DataQuery } from '../core/facts';
import { type Environment, findSnapshot } from './hub-cache';
import { exists, expandHome, pathOrHubId, refusedPath, resolvePath } from './paths';

/** Files of a data set in the order they are read, or why there are none. */
type DatasetFiles =
  | {
      readonly files: readonly string[] /** All files of the data set are here. */;
      readonly complete: boolean;
    }
  | Exclude<DataFacts, { state: 'read' }>;

/** Milliseconds. A pattern that starts high up would else walk through the whole disk. */
const GLOB_LIMIT = 3000;

/** Endings that name a file even where none exists; other names can be hub ids. */
const FILE_NAME = /\.(jsonl?|parquet|gz|csv|tsv|txt|arrow)$/i;

/** Finds the files that `data.train` or `data.eval` name. Nothing is downloaded. */
export async function findDatasetFiles(
  query: DataQuery,
  baseFolder: string,
  env: Environment,
): Promise<DatasetFiles> {
  const refusal = refusedPath(query.path);
  if (refusal) return { state: 'unreadable', reason: refusal };
  const path = resolvePath(query.path, baseFolder);
  if (!(await exists(path))) {
    if (isDynamicPattern(query.path)) return matchFiles(query.path, baseFolder);
    const named = await pathOrHubId(query.path, baseFolder);
    if (named.kind === 'hub id' && !FILE_NAME.test(query.path)) return cachedFiles(named.id, query, env);
    return { state: 'missing', reason: `There is no file ${path}. Check the path and its spelling.` };
  }
  return { files: [path], complete: true };
}

async function matchFiles(pattern: string, baseFolder: string): Promise<DatasetFiles> {
  const signal = AbortSignal.timeout(GLOB_LIMIT);
  // Windows paths are written with backslashes, which a pattern takes for escapes.
  const slashed = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const files = await glob(expandHome(slashed), {
    cwd: baseFolder,
    absolute: true,
    expandDirectories: false,
    signal,
  }).catch(() => []);
  if (signal.aborted) {
    return {
      state: 'unreadable',
      reason: `${pattern} takes longer than ${GLOB_LIMIT / 1000} seconds to search. Let it start in a smaller folder.`,
    };
  }
  if (files.length === 0) {
    return { state: 'missing', reason: `No file matches ${pattern} in ${baseFolder}. Check the pattern.` };
  }
  return { files: files.sort(), complete: true };
}

async function cachedFiles(id: string, query: DataQuery, env: Environment): Promise<DatasetFiles> {
  const folder = await findSnapshot('datasets', id, undefined, env);
  if (folder === undefined) {
    return {
      state: 'remote',
      reason: `${id} is neither a file here nor in the Hugging Face cache. If it is a hub id, its pairs are checked once it is downloaded.`,
    };
  }
  const names = await glob('**/*.{jsonl,jsonl.gz,json,parquet}', { cwd: folder, deep: 4 }).catch(() => []);
  const split = query.split ?? 'train';
  const wanted = names.filter((name) => isOfSplit(name, split) && isOfConfig(name, query.config)).sort();
  if (wanted.length === 0) {
    return {
      state: 'remote',
      reason: `The Hugging Face cache holds ${id}, but no file of its split ${split}. Its pairs are checked once it is downloaded.`,
    };
  }
  // A download can have been partial, so what is here need not be everything.
  return { files: wanted.map((name) => join(folder, name)), complete: false };
}

/** The hub names files after their split: `train.jsonl`, `data/train-00000-of-00002.parquet`, `train/0000.parquet`. */
function isOfSplit(name: string, split: string): boolean {
  const words = split.replace(/[^\w]/g, '\\$&');
  return new RegExp(`(^|[-._/])${words}[-./]`).test(name);
}

function isOfConfig(name: string, config: string | undefined): boolean {
  return config === undefined || config === 'default' || name.split('/').slice(0, -1).includes(config);
}
