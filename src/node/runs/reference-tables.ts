import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AskedReference, answeredAt } from '../../core/reference/reference-asked';
import { REFERENCE_FILES, REFERENCE_FORMAT } from '../../core/reference/reference-format';
import { refusedPath, resolvePath } from '../files/paths';
import { readJsonObject } from '../files/text-files';

/**
 * Pairs of the finished reference table that a config would use, found without opening a model or the data: one that was
 * the answer to a config of the same folder with the same settings about model, reference and data, since the files that
 * they name have changed last. Undefined where there is none; computing then may still find one.
 */
export async function findCachedPairs(
  dataFolder: string,
  asked: AskedReference,
): Promise<number | undefined> {
  const folder = join(dataFolder, 'references');
  const keys = await readdir(folder).catch(() => []);
  for (const key of keys) {
    const meta = await readJsonObject(join(folder, key, REFERENCE_FILES.meta)).catch(() => undefined);
    if (meta?.format !== REFERENCE_FORMAT || meta.complete !== true || typeof meta.pairs !== 'number')
      continue;
    const at = answeredAt(meta.asked, asked);
    if (at !== undefined && (await newestFile(asked)) <= at) return meta.pairs;
  }
  return undefined;
}

/** The key of the table that answered a config last; undefined where none did. */
export async function findAskedKey(dataFolder: string, asked: AskedReference): Promise<string | undefined> {
  const folder = join(dataFolder, 'references');
  let newest: { readonly key: string; readonly at: number } | undefined;
  for (const key of await readdir(folder).catch(() => [])) {
    const meta = await readJsonObject(join(folder, key, REFERENCE_FILES.meta)).catch(() => undefined);
    const at = meta?.format === REFERENCE_FORMAT ? answeredAt(meta.asked, asked) : undefined;
    if (at !== undefined && at >= (newest?.at ?? 0)) newest = { key, at };
  }
  return newest?.key;
}

/** Milliseconds since 1970 of the last change of a file that the settings name. What lies on the hub does not change. */
async function newestFile({ baseFolder, settings }: AskedReference): Promise<number> {
  const names = [
    'model.path',
    'model.adapter',
    'reference.policy',
    'reference.adapter',
    'data.train.path',
    'data.eval.path',
  ];
  const paths = names.flatMap((name) => {
    const value = settings[name];
    return typeof value === 'string' && refusedPath(value) === undefined
      ? [resolvePath(value, baseFolder)]
      : [];
  });
  return Math.max(0, ...(await Promise.all(paths.map(changedAt))));
}

/** Of a file, or of the files in a model's folder; 0 for what is not there. */
async function changedAt(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  const names = await readdir(path).catch(() => []);
  const files = await Promise.all(names.map((name) => stat(join(path, name)).catch(() => undefined)));
  return Math.max(0, ...files.map((file) => (file?.isFile() ? file.mtimeMs : 0)));
}
