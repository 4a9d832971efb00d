import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import { isRunStatus } from '../../core/runs/read-files';
import { isFile } from '../files/paths';
import { readJsonObject } from '../files/text-files';

/** A policy of a run as it lies on disk. */
export interface SavedPolicy {
  /** Optimizer steps done. */
  readonly step: number;
  /** Absolute. */
  readonly folder: string;
  /** What the onnx trainer resumes from, a PEFT adapter of the starting policy, or a whole model. */
  readonly kind: 'state' | 'adapter' | 'model';
}

/**
 * The policies of a run that the onnx trainer's program can read, by step: its checkpoints, and the result where no
 * checkpoint has its step. Never throws.
 */
export async function savedPolicies(runFolder: string): Promise<SavedPolicy[]> {
  const checkpoints = join(runFolder, RUN_FILES.checkpoints);
  const names = await readdir(checkpoints).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => policyIn(join(checkpoints, name), Number(name))),
  );
  const saved = found.flatMap((policy) => policy ?? []);
  const status = await readJsonObject(join(runFolder, RUN_FILES.status)).catch(() => undefined);
  const lastStep = isRunStatus(status) ? status.step : 0;
  const result = saved.some(({ step }) => step === lastStep)
    ? undefined
    : await policyIn(join(runFolder, RUN_FILES.model), lastStep);
  return [...saved, ...(result ? [result] : [])].sort((a, b) => a.step - b.step);
}

async function policyIn(folder: string, step: number): Promise<SavedPolicy | undefined> {
  const has = (name: string): Promise<boolean> => isFile(join(folder, name));
  if (await has('state.safetensors')) return { step, folder, kind: 'state' };
  if (await has('adapter_model.safetensors')) return { step, folder, kind: 'adapter' };
  if (
    (await has('config.json')) &&
    ((await has('model.safetensors')) || (await has('model.safetensors.index.json')))
  )
    return { step, folder, kind: 'model' };
  return undefined;
}
