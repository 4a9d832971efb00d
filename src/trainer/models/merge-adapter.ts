import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { insideOf } from '../../node/files/own-files';
import { isFile, pathOrHubId } from '../../node/files/paths';
import { obtainAdapter } from '../../node/hub/hub';
import { requireFile } from '../../node/models/models';
import { isProcessAlive } from '../../node/processes/process-alive';
import { TrainingError } from '../training-error';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, type Adapter, readAdapter } from './adapter';
import { FileHashes } from './file-hashes';
import { folderIdentity, hubIdentity, mergedIdentity } from './identity';
import { addLowRank } from './low-rank';
import { type OpenModel, openFolder } from './opened-model';
import type { Place, Progress } from './place';
import { readTensor } from './stored-tensor';
import { writeWholeModel } from './whole-model';

/**
 * The base model with a LoRA adapter merged into its weights in float32, as a folder
 * `<dataFolder>/models/<identity>/`, which is made once.
 *
 * @param path of the adapter: a folder or a hub id
 * @param progress called with bytes of downloads and hashes, then with weights
 * @param alone a folder that holds the copy instead, and no other: one that is not needed for long
 * @throws TrainingError where the adapter is of a kind that is not supported, or does not fit
 * @throws FileError where it is not found or cannot be read
 */
export async function openMerged(
  base: OpenModel,
  path: string,
  place: Place,
  progress: Progress,
  alone?: string,
): Promise<OpenModel> {
  const { folder, identify } = await findAdapter(path, place, progress);
  const adapter = await readAdapter(path, folder, base);
  const identity = mergedIdentity(base.identity, await identify());
  const merged = alone === undefined ? insideOf(place.dataFolder, 'models', identity) : join(alone, identity);
  if (!(await isFile(join(merged, 'config.json')))) {
    // Before the new one: a copy is as large as the model in float32.
    if (alone !== undefined) await removeCopies(alone);
    await merge(merged, base, adapter, progress);
  }
  return { ...(await openFolder(base.name, merged)), identity, source: { kind: 'merged' } };
}

/**
 * Copies under their names, also what a killed process left; not what another one is making. A copy that cannot be removed
 * is left.
 */
async function removeCopies(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const copy = /^[0-9a-f]{64}(?:\.(?:partial|replaced)-(\d+))?$/.exec(name);
    if (!copy || isProcessAlive(Number(copy[1] ?? 0))) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
  }
}

async function findAdapter(
  path: string,
  place: Place,
  progress: Progress,
): Promise<{ folder: string; identify: () => Promise<string> }> {
  const named = await pathOrHubId(path, place.baseFolder);
  if (named.kind === 'refused') throw new TrainingError(named.reason);
  if (named.kind === 'hub id') {
    const folder = await obtainAdapter(named.id, place.env, progress);
    return { folder, identify: async () => hubIdentity(named.id, basename(folder)) };
  }
  await requireFile(named.path, ADAPTER_CONFIG);
  const hashes = new FileHashes(place.dataFolder);
  return {
    folder: named.path,
    identify: () => folderIdentity(named.path, [ADAPTER_CONFIG, ADAPTER_WEIGHTS], hashes, progress),
  };
}

async function merge(folder: string, base: OpenModel, adapter: Adapter, progress: Progress): Promise<void> {
  let done = 0;
  await writeWholeModel(folder, base, async (name) => {
    const tensor = base.tensors.get(name);
    if (tensor === undefined) throw new Error(`${base.name} was opened without ${name}.`);
    const values = await readTensor(tensor);
    const change = adapter.changes.get(name);
    if (change !== undefined) {
      const { rank, scale } = adapter;
      const [a, b] = [await readTensor(change.a), await readTensor(change.b)];
      addLowRank(values, { a, b, rank, scale });
    }
    progress(++done, base.tensors.size);
    return values;
  });
}
