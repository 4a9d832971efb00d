import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exists, pathOrHubId } from '../../node/files/paths';
import { noSafetensors, obtainModel } from '../../node/hub/hub';
import { requireFile } from '../../node/models/models';
import { shardNames } from '../../node/models/safetensors';
import { TrainingError } from '../training-error';
import { FileHashes } from './file-hashes';
import { folderIdentity, hubIdentity } from './identity';
import { openMerged } from './merge-adapter';
import { type OpenModel, openFolder } from './opened-model';
import type { Place, Progress } from './place';

/**
 * Opens a model that a config names: a folder, or a hub id, which is downloaded into the Hugging Face cache where it
 * is missing. An adapter (PEFT, LoRA) is merged into a copy below the data folder.
 *
 * @param progress called with bytes of a download, bytes that are hashed, or weights that are merged
 * @throws TrainingError where the model is of another family, incomplete, or in another format
 * @throws FileError where it is not found, not permitted or damaged
 */
export async function openModel(
  query: { readonly path: string; readonly revision?: string; readonly adapter?: string },
  place: Place,
  progress: Progress,
): Promise<OpenModel> {
  const base = await openBase(query.path, query.revision, place, progress);
  return query.adapter === undefined ? base : openMerged(base, query.adapter, place, progress);
}

async function openBase(
  path: string,
  revision: string | undefined,
  place: Place,
  progress: Progress,
): Promise<OpenModel> {
  const named = await pathOrHubId(path, place.baseFolder);
  if (named.kind === 'refused') throw new TrainingError(named.reason);
  if (named.kind === 'hub id') {
    const { id } = named;
    const folder = await obtainModel(id, revision, place.env, progress);
    const commit = basename(folder);
    const opened = await openFolder(path, folder);
    return { ...opened, identity: hubIdentity(id, commit), source: { kind: 'hub', id, commit } };
  }
  await requireWholeModel(named.path);
  const opened = await openFolder(path, named.path);
  const files = ['config.json', ...(await shardNames(named.path))];
  const hashes = new FileHashes(place.dataFolder);
  const identity = await folderIdentity(named.path, files, hashes, progress);
  return { ...opened, identity, source: { kind: 'folder' } };
}

/** Tells what is wrong with a folder (or file) that is close to a model, but none. */
async function requireWholeModel(folder: string): Promise<void> {
  if (/\.gguf$/i.test(folder)) throw new TrainingError(noSafetensors(folder, [basename(folder)]));
  await requireFile(folder, 'config.json');
  for (const name of await shardNames(folder)) {
    if (name === 'model.safetensors' && !(await exists(join(folder, name)))) {
      throw new TrainingError(noSafetensors(folder, await readdir(folder)));
    }
  }
}
