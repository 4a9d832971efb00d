import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { datasetInfo, listFiles, modelInfo } from '@huggingface/hub';
import { isFile } from '../files/paths';
import { codeOf, FileError, messageOf } from '../files/text-files';
import { writeError } from '../files/write-error';
import { downloadBlob, type HubFile } from './hub-blob';
import { type Environment, hubCacheFolder, isRevision } from './hub-cache';
import { type HubRepository, hubFetch, offlineError } from './hub-request';
import { type HubSettings, hubSettings } from './hub-settings';

/** A commit on the hub: 40 hexadecimal digits. */
const COMMIT = /^[0-9a-f]{40}$/;

/**
 * Downloads some files of a repository into the Hugging Face cache, in the layout of huggingface_hub: `blobs/<hash>`,
 * links from `snapshots/<commit>/<path>`, and the commit in `refs/<revision>`. Links and ref are written when all
 * blobs are there, so a snapshot folder never shows a part of what was chosen.
 *
 * @param choose the wanted ones of the repository's paths; throws a FileError where they do not suffice
 * @param progress called with bytes
 * @returns the snapshot's folder and the chosen paths
 * @throws FileError
 */
export async function downloadSnapshot(
  repository: HubRepository,
  choose: (paths: readonly string[]) => readonly string[],
  env: Environment,
  progress: (done: number, total: number) => void,
): Promise<{ readonly folder: string; readonly paths: readonly string[] }> {
  if (!isRevision(repository.revision)) {
    throw new FileError(
      `${repository.revision} is no revision of ${repository.id}. Write a branch, a tag or a commit.`,
    );
  }
  const settings = await hubSettings(env);
  if (settings.offline) throw offlineError(repository);
  const { commit, listed } = await list(repository, settings);
  const paths = choose(listed.map(({ path }) => path));
  const files = listed.filter(({ path }) => paths.includes(path));
  const home = join(hubCacheFolder(env), `${repository.kind}--${repository.id.replace('/', '--')}`);
  const folder = join(home, 'snapshots', commit);
  const blobs = join(home, 'blobs');
  try {
    await mkdir(blobs, { recursive: true });
    const total = files.reduce((sum, { size }) => sum + size, 0);
    let finished = 0;
    for (const file of files) {
      if (!(await isFile(join(folder, file.path)))) {
        await downloadBlob(blobs, file, { repository, commit, settings }, (bytes) =>
          progress(finished + bytes, total),
        );
      }
      finished += file.size;
      progress(finished, total);
    }
    for (const file of files) await link(join(blobs, file.hash), join(folder, file.path));
    if (repository.revision !== commit) await writeRef(join(home, 'refs', repository.revision), commit);
  } catch (error) {
    throw writeError(error, home);
  }
  return { folder, paths };
}

async function list(
  repository: HubRepository,
  settings: HubSettings,
): Promise<{ readonly commit: string; readonly listed: readonly HubFile[] }> {
  try {
    const commit = await commitOf(repository, settings);
    return { commit, listed: await filesOf(repository, commit, settings) };
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(
      `${settings.url} does not answer as the Hugging Face hub does (${messageOf(error)}). Check HF_ENDPOINT.`,
    );
  }
}

async function commitOf({ kind, id, revision }: HubRepository, settings: HubSettings): Promise<string> {
  const query = {
    name: id,
    revision,
    hubUrl: settings.url,
    fetch: hubFetch({ kind, id, revision }, settings),
  };
  const { sha } =
    kind === 'models'
      ? await modelInfo({ ...query, additionalFields: ['sha'] })
      : await datasetInfo({ ...query, additionalFields: ['sha'] });
  if (COMMIT.test(sha)) return sha;
  throw new Error('no commit is named');
}

/** Leaves out paths that would lead out of the snapshot's folder, on whatever system. */
async function filesOf(repository: HubRepository, commit: string, settings: HubSettings): Promise<HubFile[]> {
  const files: HubFile[] = [];
  const entries = listFiles({
    repo: { type: repository.kind === 'models' ? 'model' : 'dataset', name: repository.id },
    recursive: true,
    revision: commit,
    hubUrl: settings.url,
    fetch: hubFetch(repository, settings),
  });
  for await (const { type, path, size, oid, lfs } of entries) {
    const hash = lfs?.oid ?? oid ?? '';
    const isInside = !/[\\:]/.test(path) && path.split('/').every((part) => !/^\.{0,2}$/.test(part));
    if (type === 'file' && isInside && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) {
      files.push({ path, size, hash });
    }
  }
  return files;
}

/** A relative link, so that the cache can be moved. Where links are not allowed (Windows), the blob itself moves. */
async function link(blob: string, path: string): Promise<void> {
  if (await isFile(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await symlink(relative(dirname(path), blob), path).catch((error: unknown) => {
    // Another process was faster.
    if (codeOf(error) !== 'EEXIST') return rename(blob, path);
  });
}

async function writeRef(path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, commit);
  await rename(beside, path).catch(async (error: unknown) => {
    await rm(beside, { force: true });
    throw error;
  });
}
