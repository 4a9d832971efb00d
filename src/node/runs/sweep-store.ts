import { basename, join } from 'node:path';
import { isFields } from '../../core/runs/read-files';
import { isRunName } from '../../core/runs/run-id';
import { SWEEP_FILES, type SweepFile } from '../../core/sweeps/format';
import { FileError, readJsonObject } from '../files/text-files';

/** @throws FileError where the folder holds no sweep */
export async function readSweep(folder: string): Promise<SweepFile> {
  const path = join(folder, SWEEP_FILES.sweep);
  const value = await readJsonObject(path);
  if (!isSweepFile(value)) throw new FileError(`${path} describes no sweep. Was it changed by hand?`);
  if (value.id !== basename(folder)) throw new FileError(`${path} describes another sweep, ${value.id}.`);
  return value;
}

function isSweepFile(value: unknown): value is SweepFile {
  return (
    isFields(value) &&
    typeof value.format === 'number' &&
    isRunName(value.id) &&
    isTexts(value.runs) &&
    value.runs.every(isRunName) &&
    isTexts(value.trainer) &&
    (value.trainer.length > 0 || typeof value.problem === 'string') &&
    typeof value.parallel === 'number' &&
    typeof value.stopDegenerate === 'boolean' &&
    (value.environment === undefined ||
      (isFields(value.environment) && isTexts(Object.values(value.environment)))) &&
    ['together', 'launcher'].every((key) => value[key] === undefined || typeof value[key] === 'boolean')
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
