import { join } from 'node:path';
import type { AdapterFacts, ModelFacts, ModelQuery, ModelShape } from '../../core/facts';
import { adapterFault } from '../../core/model-config/adapter-fault';
import { filesKey, type Memo } from '../files/memo';
import { exists, isFolder, pathOrHubId } from '../files/paths';
import { present } from '../files/present';
import { FileError, fileError, readJsonObject } from '../files/text-files';
import { type Environment, findCachedModel, findSnapshot, hubCacheFolder } from '../hub/hub-cache';
import { readModelShape, SHAPE_FILES } from './model-shape';

/** Looks a model up on disk: in its folder, or in the hub cache. Nothing is downloaded. Never throws. */
export async function findModel(
  query: ModelQuery,
  baseFolder: string,
  env: Environment,
  shapes: Memo<ModelShape>,
): Promise<ModelFacts> {
  const named = await pathOrHubId(query.path, baseFolder);
  if (named.kind === 'refused') return { found: 'no', reason: named.reason, looksLike: 'folder' };
  if (named.kind === 'hub id') {
    const folder = await findCachedModel(named.id, query.revision, env);
    if (folder === undefined) {
      return { found: 'no', reason: notCached(named.id, query.revision, env), looksLike: 'hub id' };
    }
    return describe(folder, 'hub cache', shapes);
  }
  return describe(named.path, 'folder', shapes);
}

async function describe(
  folder: string,
  found: 'folder' | 'hub cache',
  shapes: Memo<ModelShape>,
): Promise<ModelFacts> {
  try {
    await requireFile(folder, 'config.json');
    const shape = await shapes(await filesKey(folder, SHAPE_FILES), () => readModelShape(folder));
    return { found, folder, ...shape };
  } catch (error) {
    const looksLike = found === 'folder' ? 'folder' : 'hub id';
    return { found: 'no', reason: fileError(error, folder).message, looksLike };
  }
}

/** Looks a LoRA adapter (PEFT) up on disk. Never throws. */
export async function findAdapter(path: string, baseFolder: string, env: Environment): Promise<AdapterFacts> {
  const named = await pathOrHubId(path, baseFolder);
  if (named.kind === 'refused') return { found: 'no', reason: named.reason };
  const isHubId = named.kind === 'hub id';
  const folder = isHubId ? await findSnapshot('models', named.id, undefined, env) : named.path;
  if (folder === undefined) return { found: 'no', reason: notCached(path, undefined, env) };
  try {
    await requireFile(folder, 'adapter_config.json');
    const config = await readJsonObject(join(folder, 'adapter_config.json'));
    const { base_model_name_or_path: base } = config;
    return {
      found: isHubId ? 'hub cache' : 'folder',
      ...(typeof base === 'string' && base !== '' && { baseModel: base }),
      ...present({ embeddedFault: adapterFault(config) }),
    };
  } catch (error) {
    return { found: 'no', reason: fileError(error, folder).message };
  }
}

function notCached(id: string, revision: string | undefined, env: Environment): string {
  const wanted = revision === undefined ? id : `${id} at revision ${revision}`;
  return `${wanted} is neither a folder here nor in the Hugging Face cache (${hubCacheFolder(env)}). If it is a hub id, it is downloaded when training starts.`;
}

/** @throws FileError where a folder is missing or lacks the file that makes it a model or an adapter */
export async function requireFile(
  folder: string,
  name: 'config.json' | 'adapter_config.json',
): Promise<void> {
  if (await exists(join(folder, name))) return;
  if (!(await exists(folder)))
    throw new FileError(`There is no folder ${folder}. Check the path and its spelling.`);
  if (!(await isFolder(folder)))
    throw new FileError(`${folder} is a file, not a model folder. Name its folder.`);
  const other = name === 'config.json' ? 'adapter_config.json' : 'config.json';
  if (!(await exists(join(folder, other)))) {
    throw new FileError(`${folder} has no ${name}. Name a folder that was saved with save_pretrained.`);
  }
  throw new FileError(
    name === 'config.json'
      ? `${folder} holds a LoRA adapter, not a whole model. Name its base model here and the folder as the adapter.`
      : `${folder} holds a whole model, not a LoRA adapter. Name a folder with an adapter_config.json.`,
  );
}
