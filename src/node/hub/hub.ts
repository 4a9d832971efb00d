import { basename, join } from 'node:path';
import { isFile } from '../files/paths';
import { FileError } from '../files/text-files';
import { shardNames } from '../models/safetensors';
import { CARD, readCard, splitInFolder } from './dataset-folder';
import { type Environment, findSnapshot } from './hub-cache';
import { areAllParts, filesOfSplit } from './hub-dataset-files';
import { ConnectionError, type HubRepository } from './hub-request';
import { hubSettings } from './hub-settings';
import { downloadSnapshot } from './hub-snapshot';

type Bytes = (done: number, total: number) => void;

/** Files that a tokenizer consists of: its newest form in tokenizer.json, older forms, and its settings. */
export const TOKENIZER_PARTS: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
];

const MODEL_FILES = ['config.json', 'generation_config.json', ...TOKENIZER_PARTS];

const WEIGHTS = /^model(-\d+-of-\d+)?\.safetensors$/;

/**
 * The folder of a hub model in the Hugging Face cache, downloaded where its configuration, weights or tokenizer are
 * missing there. What is there is used as it is: a branch that moved on at the hub changes nothing.
 *
 * @param revision branch, tag or commit; `main` where undefined
 * @param progress called with bytes while a download runs
 * @throws FileError
 */
export async function obtainModel(
  id: string,
  revision: string | undefined,
  env: Environment,
  progress: Bytes,
): Promise<string> {
  const repository: HubRepository = { kind: 'models', id, revision: revision ?? 'main' };
  const cached = await findSnapshot('models', id, revision, env);
  const hasWeights = cached !== undefined && (await isModel(cached));
  if (hasWeights && (await isFile(join(cached, 'tokenizer.json')))) return cached;
  try {
    const choose = (paths: readonly string[]) => chooseModelFiles(paths, repository);
    return (await downloadSnapshot(repository, choose, env, progress)).folder;
  } catch (error) {
    // Not every model has a tokenizer.json; whether this one has cannot be asked now.
    if (hasWeights && (await cannotAsk(error, env))) return cached;
    throw error;
  }
}

async function isModel(folder: string): Promise<boolean> {
  const shards = await shardNames(folder).catch((): string[] => []);
  const needed = ['config.json', ...shards].map((name) => isFile(join(folder, name)));
  return shards.length > 0 && !(await Promise.all(needed)).includes(false);
}

/** As transformers does, takes the single file where a repository has both it and shards. */
function chooseModelFiles(paths: readonly string[], repository: HubRepository): readonly string[] {
  if (!paths.includes('config.json')) {
    const what = paths.includes('adapter_config.json')
      ? 'a LoRA adapter: name its base model as `path` and this as `adapter`'
      : 'no model of the transformers library: it has no config.json. Name another';
    throw new FileError(`${repository.id} holds ${what}.`);
  }
  const single = paths.includes('model.safetensors');
  const weights = single
    ? ['model.safetensors']
    : paths.filter((path) => WEIGHTS.test(path) || path === 'model.safetensors.index.json');
  if (weights.length === 0) throw new FileError(noSafetensors(repository.id, paths));
  return [...MODEL_FILES.filter((name) => paths.includes(name)), ...weights];
}

/**
 * Why a model without model.safetensors cannot be used, in a sentence.
 *
 * @param where the folder or hub id
 * @param names of its files
 */
export function noSafetensors(where: string, names: readonly string[]): string {
  const has = (pattern: RegExp) => names.find((name) => pattern.test(name));
  const old = has(/^pytorch_model.*\.bin$/);
  const packed = has(/\.gguf$/i);
  if (old !== undefined) {
    return `${where} has its weights as ${old} only, which is not read. Load the model with transformers and save it with save_pretrained, which writes safetensors.`;
  }
  if (packed !== undefined) {
    return `${where} has its weights as ${packed} only, a format for inference that cannot be trained. Name the model that it was made from.`;
  }
  return `${where} has no weights: model.safetensors is missing. Fetch the whole model.`;
}

/** The folder of a LoRA adapter (PEFT) in the Hugging Face cache, downloaded where it is missing there. */
export async function obtainAdapter(id: string, env: Environment, progress: Bytes): Promise<string> {
  const needed = ['adapter_config.json', 'adapter_model.safetensors'];
  const cached = await findSnapshot('models', id, undefined, env);
  if (cached !== undefined) {
    const found = await Promise.all(needed.map((name) => isFile(join(cached, name))));
    if (!found.includes(false)) return cached;
  }
  const repository: HubRepository = { kind: 'models', id, revision: 'main' };
  const choose = (paths: readonly string[]) => {
    const missing = needed.find((name) => !paths.includes(name));
    if (missing === undefined) return needed;
    throw new FileError(
      `${id} has no ${missing}. Name a LoRA adapter that was saved with PEFT as safetensors.`,
    );
  };
  return (await downloadSnapshot(repository, choose, env, progress)).folder;
}

/**
 * The files of a hub dataset's split, in reading order, downloaded where they are not in the Hugging Face cache. Which
 * files there are, the hub is asked: for the commit in the cache if there is one, so that the data of an experiment
 * stays the same. Where the hub is out of reach, the cache must do.
 *
 * @throws FileError
 */
export async function obtainDataset(
  query: { readonly id: string; readonly split?: string; readonly config?: string },
  env: Environment,
  progress: Bytes,
): Promise<readonly string[]> {
  const { id, split = 'train', config } = query;
  const cached = await findSnapshot('datasets', id, undefined, env);
  const revision = cached === undefined ? 'main' : basename(cached);
  try {
    const repository: HubRepository = { kind: 'datasets', id, revision };
    const onlyCard = (paths: readonly string[]) => paths.filter((path) => path === CARD);
    const { folder: home } = await downloadSnapshot(repository, onlyCard, env, () => {});
    const card = await readCard(home);
    const choose = (paths: readonly string[]) => {
      const found = filesOfSplit(id, paths, { split, config }, card);
      if ('files' in found) return found.files;
      throw new FileError(found.problem);
    };
    const { folder, paths } = await downloadSnapshot(repository, choose, env, progress);
    return paths.map((name) => join(folder, name));
  } catch (error) {
    if (cached === undefined || !(await cannotAsk(error, env))) throw error;
    const found = await splitInFolder(id, cached, { split, config });
    if (!('files' in found)) throw found.splits.length > 0 ? new FileError(found.problem) : error;
    if (!areAllParts(found.files)) throw error;
    return found.files.map((name) => join(cached, name));
  }
}

async function cannotAsk(error: unknown, env: Environment): Promise<boolean> {
  return error instanceof ConnectionError || (await hubSettings(env)).offline;
}
