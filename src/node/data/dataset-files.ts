import { basename, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { DataFacts, DataQuery } from '../../core/facts';
import { isObject, type JsonObject } from '../files/json';
import { exists, expandHome, pathOrHubId, refusedPath, resolvePath } from '../files/paths';
import { readJsonObject } from '../files/text-files';
import { splitInFolder } from '../hub/dataset-folder';
import { type Environment, findSnapshot } from '../hub/hub-cache';
import { hubSettings } from '../hub/hub-settings';

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
const FILE_NAME = /\.(jsonl?|ndjson|parquet|gz|zst|csv|tsv|txt|arrow)$/i;

/** Finds the files that `data.train` or `data.eval` name. Nothing is downloaded. */
export async function findDatasetFiles(
  query: DataQuery,
  baseFolder: string,
  env: Environment,
): Promise<DatasetFiles> {
  const located = await locateDataset(query.path, baseFolder);
  switch (located.kind) {
    case 'files':
      return savedFiles(located.files, query);
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

/** A folder that `datasets.save_to_disk` has written stands for its files. */
async function savedFiles(files: readonly string[], query: SplitQuery): Promise<DatasetFiles> {
  const expanded = await expandSaved(files, query);
  return 'problem' in expanded
    ? { state: 'missing', reason: expanded.problem }
    : { files: expanded.files, complete: true };
}

type SplitQuery = Pick<DataQuery, 'split'>;

/**
 * Paths with folders of `datasets.save_to_disk` replaced by their Arrow files, of the split that is asked for where there
 * are several. Other folders stay as they are.
 */
export async function expandSaved(
  paths: readonly string[],
  { split = 'train' }: SplitQuery,
): Promise<{ readonly files: readonly string[] } | { readonly problem: string }> {
  const files: string[] = [];
  for (const path of paths) {
    const splits = await savedSplits(path);
    if (splits && !splits.includes(split)) {
      return {
        problem: `${path} has no split ${split}; it has ${splits.join(', ')}. Name one of them as split.`,
      };
    }
    const folder = splits ? join(path, split) : path;
    files.push(...((await savedParts(folder)) ?? [path]));
  }
  return { files };
}

/** Of a saved DatasetDict. */
async function savedSplits(folder: string): Promise<readonly string[] | undefined> {
  const { splits } = await readJsonObject(join(folder, 'dataset_dict.json')).catch((): JsonObject => ({}));
  return Array.isArray(splits) ? splits.map(String) : undefined;
}

/** Of a saved Dataset, in its order. */
async function savedParts(folder: string): Promise<readonly string[] | undefined> {
  const state = await readJsonObject(join(folder, 'state.json')).catch((): JsonObject => ({}));
  const parts = state._data_files;
  if (!Array.isArray(parts)) return undefined;
  const names = (parts as readonly unknown[]).map((part) => (isObject(part) ? part.filename : undefined));
  return names.filter((name) => typeof name === 'string').map((name) => join(folder, basename(name)));
}

async function cachedFiles(id: string, query: DataQuery, env: Environment): Promise<DatasetFiles> {
  const folder = await findSnapshot('datasets', id, undefined, env);
  if (folder === undefined) {
    return {
      state: 'remote',
      reason: `${id} is neither a file here nor in the Hugging Face cache. If it is a hub id, its pairs are checked once it is downloaded.`,
    };
  }
  const split = query.split ?? 'train';
  const found = await splitInFolder(id, folder, { split, config: query.config });
  // A download can have been partial, so what is here need not be everything.
  if ('files' in found) return { files: found.files.map((name) => join(folder, name)), complete: false };
  const { offline } = await hubSettings(env);
  if (offline || found.splits.some((name) => name.startsWith(`${split}_`))) {
    return { state: 'missing', reason: found.problem };
  }
  return {
    state: 'remote',
    reason: `The Hugging Face cache holds ${id}, but no file of its split ${split}. Its pairs are checked once it is downloaded.`,
  };
}
