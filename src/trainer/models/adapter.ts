import { join } from 'node:path';
import { adapterFault } from '../../core/model-config/adapter-fault';
import { exists } from '../../node/files/paths';
import { readJsonObject } from '../../node/files/text-files';
import { TrainingError } from '../training-error';
import type { OpenModel } from './opened-model';
import { indexSafetensors, type StoredTensor } from './stored-tensor';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
/** PEFT wraps a model twice and keeps the wrappers' names. */
export const ADAPTER_PREFIX = 'base_model.model.';

/** A LoRA adapter as PEFT saves it. */
export interface Adapter {
  readonly rank: number;
  readonly scale: number;
  /** By the name of the weight that they change. */
  readonly changes: ReadonlyMap<string, { readonly a: StoredTensor; readonly b: StoredTensor }>;
}

/**
 * Reads a PEFT adapter folder for a base model.
 *
 * @throws TrainingError where it is of another kind than plain LoRA, or does not fit the model
 * @throws FileError where a file is missing or damaged
 */
export async function readAdapter(name: string, folder: string, base: OpenModel): Promise<Adapter> {
  const config = await readJsonObject(join(folder, ADAPTER_CONFIG));
  const refused = adapterFault(config);
  if (refused !== undefined) {
    throw new TrainingError(
      `The adapter ${name} cannot be merged here: ${refused}. Merge it with PEFT (merge_and_unload), save the model, and name that as the model.`,
    );
  }
  const rank = Number(config.r);
  const alpha = Number(config.lora_alpha);
  if (!Number.isInteger(rank) || rank < 1 || !Number.isFinite(alpha)) {
    throw new TrainingError(`${join(folder, ADAPTER_CONFIG)} has no sound r and lora_alpha. Fetch it again.`);
  }
  const scale = config.use_rslora === true ? alpha / Math.sqrt(rank) : alpha / rank;
  return { rank, scale, changes: await readChanges(name, folder, rank, base) };
}

async function readChanges(
  name: string,
  folder: string,
  rank: number,
  base: OpenModel,
): Promise<Adapter['changes']> {
  const path = join(folder, ADAPTER_WEIGHTS);
  if (!(await exists(path))) {
    throw new TrainingError(
      `${folder} has no ${ADAPTER_WEIGHTS}. Save the adapter with PEFT's save_pretrained, which writes safetensors.`,
    );
  }
  const tensors = new Map(await indexSafetensors(path));
  const changes = new Map<string, { a: StoredTensor; b: StoredTensor }>();
  for (const [weight, { shape }] of base.tensors) {
    const [a, b] = ['lora_A', 'lora_B'].map((part) => {
      const key = `${ADAPTER_PREFIX}${weight.replace(/weight$/, `${part}.weight`)}`;
      const tensor = tensors.get(key);
      tensors.delete(key);
      return tensor;
    });
    if (a === undefined && b === undefined) continue;
    const [outputs, inputs] = shape;
    if (a?.shape.join() !== `${rank},${inputs}` || b?.shape.join() !== `${outputs},${rank}`) {
      throw new TrainingError(
        `The adapter ${name} does not fit ${base.name}: its change of ${weight} is not of rank ${rank} and shape [${shape.join(', ')}]. Name the model that it was trained on.`,
      );
    }
    changes.set(weight, { a, b });
  }
  const [stranger] = tensors.keys();
  if (stranger !== undefined) {
    throw new TrainingError(
      `The adapter ${name} changes ${stranger}, which ${base.name} does not have as a linear layer. Name the model that it was trained on.`,
    );
  }
  return changes;
}
