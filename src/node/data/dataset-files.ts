import { join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { DataFacts, DataQuery } from '../../core/facts';
import { exists, expandHome, pathOrHubId, refusedPath, resolvePath } from '../files/paths';
import { type Environment, findSnapshot } from '../hub/hub-cache';
import { filesOfSplit } from '../hub/hub-dataset-files';

/** Files of a data set in the order they are read, or why there are none. */
type DatasetFiles =
  | {
      readonly files: readonly string[] /** All files of the data set are here. */;
      readonly complete: boolean;
    }
  | Exclude<DataFacts, { state: 'read' }>;

/** What a config names as its data. */
type Located =
  | { readonly kind: 'files' /** Absolute, in the order they are read. */; readonly files: readonly string[] }
  | { readonly kind: 'hub id'; readonly id: string }
  | { readonly kind: 'none' | 'refused' /** A sentence. */; readonly reason: string };

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
  const located = await locateDataset(query.path, baseFolder);
  switch (located.kind) {
    case 'files':
      return { files: located.files, complete: true };
    case 'hub id':
      return cachedFiles(located.id, query, env);
    case 'none':
      return { state: 'missing', reason: located.reason };
    case 'refused':
      return { state: 'unreadable', reason: located.reason };
  }
}

/** Tells a file from a pattern from a hub id. The files of a pattern are sorted by their paths. */
export async function locateDataset(text: string, baseFolder: string): Promise<Located> {
  const refusal = refusedPath(text);
  if (refusal) return { kind: 'refused', reason: refusal };
  const path = resolvePath(text, baseFolder);
  if (await exists(path)) return { kind: 'files', files: [path] };
  if (isDynamicPattern(text)) return matchFiles(text, baseFolder);
  const named = await pathOrHubId(text, baseFolder);
  if (named.kind === 'hub id' && !FILE_NAME.test(text)) return named;
  return { kind: 'none', reason: `There is no file ${path}. Check the path and its spelling.` };
}

async function matchFiles(pattern: string, baseFolder: string): Promise<Located> {
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
      kind: 'refused',
      reason: `${pattern} takes longer than ${GLOB_LIMIT / 1000} seconds to search. Let it start in a smaller folder.`,
    };
  }
  if (files.length === 0) {
    return { kind: 'none', reason: `No file matches ${pattern} in ${baseFolder}. Check the pattern.` };
  }
  return { kind: 'files', files: files.sort() };
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
  const wanted = filesOfSplit(names, split, query.config);
  if (wanted.length === 0) {
    return {
      state: 'remote',
      reason: `The Hugging Face cache holds ${id}, but no file of its split ${split}. Its pairs are checked once it is downloaded.`,
    };
  }
  // A download can have been partial, so what is here need not be everything.
  return { files: wanted.map((name) => join(folder, name)), complete: false };
}
