import { type Tuning, trainedLayout } from '../../engine/model/layout';
import { addLowRank } from './low-rank';
import type { OpenModel } from './opened-model';
import { writeAdapter } from './save-adapter';
import { readTensor } from './stored-tensor';
import { writeWholeModel } from './whole-model';

/** A training's outcome. */
export interface TrainedModel {
  readonly base: OpenModel;
  readonly tuning: Tuning;
  /** Flat, in the order of `trainedLayout`. */
  readonly parameters: Float32Array;
}

/**
 * Writes what was trained as a folder that transformers and PEFT load, completely or not at all: a PEFT adapter for
 * LoRA, else the whole model. LoRA on a model that was merged from a base and an adapter is merged too: an adapter
 * would name a base that exists on this machine only.
 *
 * @throws FileError where it cannot be written, because the disk is full for instance
 */
export async function saveModel(folder: string, result: TrainedModel): Promise<void> {
  const { base, tuning } = result;
  if (tuning.kind === 'lora' && base.source.kind !== 'merged') {
    return writeAdapter(folder, base, tuning, result.parameters);
  }
  await writeWholeModel(folder, base, (name) => trainedWeight(name, result));
}

async function trainedWeight(
  name: string,
  { base, tuning, parameters }: TrainedModel,
): Promise<Float32Array> {
  const trained = slices(base, tuning, parameters);
  const whole = trained.get(name);
  if (whole !== undefined) return whole;
  const stored = base.tensors.get(name);
  if (stored === undefined) throw new Error(`${base.name} was opened without ${name}.`);
  const weight = await readTensor(stored);
  const a = trained.get(name.replace(/weight$/, 'lora_A.weight'));
  const b = trained.get(name.replace(/weight$/, 'lora_B.weight'));
  if (tuning.kind === 'lora' && a !== undefined && b !== undefined) {
    addLowRank(weight, { a, b, rank: tuning.rank, scale: tuning.alpha / tuning.rank });
  }
  return weight;
}

function slices(base: OpenModel, tuning: Tuning, parameters: Float32Array): Map<string, Float32Array> {
  const { slices } = trainedLayout(base.config, tuning);
  return new Map(slices.map(({ name, offset, size }) => [name, parameters.subarray(offset, offset + size)]));
}
