import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expandHome, isFile, isFolder } from '../files/paths';
import { readTextFile } from '../files/text-files';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the Hugging Face libraries keep downloads, by their own environment variables. */
export function hubCacheFolder(env: Environment): string {
  const explicit = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE;
  if (explicit) return expandHome(explicit);
  if (env.HF_HOME) return join(expandHome(env.HF_HOME), 'hub');
  const cache = env.XDG_CACHE_HOME ? expandHome(env.XDG_CACHE_HOME) : join(homedir(), '.cache');
  return join(cache, 'huggingface', 'hub');
}

/** Ids of the models in the hub cache that have a config.json, sorted. Empty where there is no cache. */
export async function listCachedModels(env: Environment): Promise<string[]> {
  const cache = hubCacheFolder(env);
  const folders = (await entries(cache)).filter((name) => name.startsWith('models--'));
  const ids = await Promise.all(
    folders.map(async (folder) => {
      const snapshots = join(cache, folder, 'snapshots');
      const commits = await entries(snapshots);
      const usable = await Promise.all(
        commits.map((commit) => isFile(join(snapshots, commit, 'config.json'))),
      );
      return usable.includes(true) ? [folder.split('--').slice(1).join('/')] : [];
    }),
  );
  return ids.flat().sort();
}

/** The snapshot folder of a model in the hub cache, where its config.json is there. */
export async function findCachedModel(
  id: string,
  revision: string | undefined,
  env: Environment,
): Promise<string | undefined> {
  const folder = await findSnapshot('models', id, revision, env);
  return folder !== undefined && (await isFile(join(folder, 'config.json'))) ? folder : undefined;
}

/**
 * The snapshot folder of a repository in the hub cache. A download can have been partial, so the caller asks for the
 * files it needs.
 *
 * @param revision branch, tag or full commit; `main` where undefined
 */
export async function findSnapshot(
  kind: 'models' | 'datasets',
  id: string,
  revision: string | undefined,
  env: Environment,
): Promise<string | undefined> {
  const wanted = revision ?? 'main';
  if (!isRevision(wanted)) return undefined;
  const repository = join(hubCacheFolder(env), `${kind}--${id.replace('/', '--')}`);
  const ref = await readTextFile(join(repository, 'refs', wanted)).catch(() => wanted);
  const commit = ref.trim();
  if (!/^[\w.-]+$/.test(commit) || /^\.+$/.test(commit)) return undefined;
  const folder = join(repository, 'snapshots', commit);
  return (await isFolder(folder)) ? folder : undefined;
}

/** Whether a text can name a branch, tag or commit: it becomes a path in the cache, and must not lead out of it. */
export function isRevision(text: string): boolean {
  return /^\w[\w.-]*(\/[\w.-]+)*$/.test(text) && !text.includes('..') && !text.split('/').includes('.');
}

async function entries(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
