import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UnsupportedModelError } from '../../core/model-config/fields';
import { type LlamaConfig, readLlamaConfig } from '../../core/model-config/llama-config';
import { EMBEDDING, parameterShapes } from '../../engine/model/parameters';
import type { JsonObject } from '../../node/files/json';
import { readJsonObject } from '../../node/files/text-files';
import { indexTensors, type TensorRecord } from '../../node/models/safetensors';
import { TrainingError } from '../training-error';
import { readTensor, type StoredTensor, storedTensor } from './stored-tensor';

/** A model on disk that the engine can build graphs of: its shape was read and every weight was found. */
export interface OpenModel {
  /** As the config names it. */
  readonly name: string;
  /** Absolute; config.json and tokenizer.json lie here. */
  readonly folder: string;
  /** See identity.ts. */
  readonly identity: string;
  readonly source: ModelSource;
  readonly config: LlamaConfig;
  readonly configJson: JsonObject;
  /** By Hugging Face name: those that the engine asks for, no others. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export type ModelSource =
  | { readonly kind: 'folder' }
  | { readonly kind: 'hub'; readonly id: string; readonly commit: string }
  /** Made here from a base model and an adapter: nobody else can load it by its folder. */
  | { readonly kind: 'merged' };

const HEAD = 'lm_head.weight';

/**
 * Opens a folder that is known to hold a whole model.
 *
 * @throws TrainingError where the model is not of the supported family, or a tensor is missing or has another shape
 * @throws FileError where a file is missing or broken
 */
export async function openFolder(
  name: string,
  folder: string,
): Promise<Omit<OpenModel, 'identity' | 'source'>> {
  const configJson = await readJsonObject(join(folder, 'config.json'));
  const config = readConfig(configJson, name);
  const records = await indexTensors(folder);
  const tensors = new Map<string, StoredTensor>();
  const missing: string[] = [];
  for (const [tensor, shape] of parameterShapes(config)) {
    const record = records.get(tensor);
    if (record === undefined) {
      missing.push(tensor);
    } else if (record.shape.join() !== shape.join()) {
      throw new TrainingError(
        `${tensor} of ${name} is [${record.shape.join(', ')}], but config.json makes it [${shape.join(', ')}]. Fetch the model again: the files do not belong together.`,
      );
    } else {
      tensors.set(tensor, storedTensor(tensor, { ...record, path: await realpath(record.path) }));
    }
  }
  if (missing.length > 0) throw new TrainingError(missingTensors(name, folder, missing));
  if (config.tiedEmbeddings) await requireSameHead(name, records, tensors.get(EMBEDDING));
  return { name, folder, config, configJson, tensors };
}

function readConfig(json: JsonObject, name: string): LlamaConfig {
  try {
    return readLlamaConfig(json);
  } catch (error) {
    if (!(error instanceof UnsupportedModelError)) throw error;
    throw new TrainingError(
      `${name} cannot be trained here: ${error.message}. Name another model, or write backend: { kind: torch }.`,
    );
  }
}

/** `tie_word_embeddings` is false for the whole family where config.json leaves it out, as in transformers. */
function missingTensors(name: string, folder: string, missing: readonly string[]): string {
  if (missing.join() === HEAD) {
    return `${name} has no ${HEAD}, and its config.json does not say that embeddings are tied. If the model shares its embedding with the head, add "tie_word_embeddings": true to ${join(folder, 'config.json')}; else fetch the whole model.`;
  }
  const others = missing.length > 1 ? ` and ${missing.length - 1} other tensors` : '';
  return `${name} lacks ${missing[0]}${others} that its config.json asks for. Fetch the whole model, or save it again with save_pretrained.`;
}

/** transformers 4 ties a head that is stored nevertheless, transformers 5 does so only where both are equal. */
async function requireSameHead(
  name: string,
  records: ReadonlyMap<string, TensorRecord>,
  embedding: StoredTensor | undefined,
): Promise<void> {
  const head = records.get(HEAD);
  if (head === undefined || embedding === undefined) return;
  const values = await readTensor(storedTensor(HEAD, head));
  const others = await readTensor(embedding);
  if (values.length === others.length && values.every((value, index) => value === others[index])) return;
  throw new TrainingError(
    `config.json of ${name} says that embeddings are tied, but ${HEAD} is stored too and differs. Write "tie_word_embeddings": false there if the model has a head of its own.`,
  );
}
