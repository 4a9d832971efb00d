import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES, RUN_FORMAT, type RunFile } from '../core/runs/format';
import { isObject } from '../node/files/json';
import { messageOf } from '../node/files/text-files';
import { TrainingError } from './training-error';

/** @throws TrainingError where the folder holds no run that this version can train */
export function readRun(folder: string): RunFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, RUN_FILES.run), 'utf8'));
  } catch (error) {
    throw new TrainingError(
      `${folder} holds no run that can be read: ${messageOf(error)}. Name a folder below .dpo/runs.`,
    );
  }
  if (!isObject(value) || typeof value.format !== 'number') {
    throw new TrainingError(
      `${join(folder, RUN_FILES.run)} describes no run. Name a folder below .dpo/runs.`,
    );
  }
  if (value.format > RUN_FORMAT) {
    throw new TrainingError(`${folder} was made by a newer DPO Lab. Update DPO Lab to train it.`);
  }
  return value as unknown as RunFile;
}
