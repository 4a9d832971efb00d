import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isTrainedHere, RUN_FILES, RUN_FORMAT, type RunFile } from '../core/runs/format';
import { runFileOf } from '../core/runs/run-file';
import { insideOf } from '../node/files/own-files';
import { messageOf } from '../node/files/text-files';
import { TrainingError } from './training-error';

/**
 * The data folder is the one in which the run lies, whatever its file names.
 *
 * @throws TrainingError where the folder holds no run that this version can train, FileError where it leads elsewhere
 */
export function readRun(folder: string): RunFile {
  const runs = dirname(folder);
  const dataFolder = dirname(runs);
  insideOf(dataFolder, basename(runs), basename(folder));
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, RUN_FILES.run), 'utf8'));
  } catch (error) {
    throw new TrainingError(
      `${folder} holds no run that can be read: ${messageOf(error)}. Name a folder below .dpo/runs.`,
    );
  }
  const run = runFileOf(value);
  if (typeof run === 'string') {
    throw new TrainingError(
      `${join(folder, RUN_FILES.run)} describes no run. ${run} Name a folder below .dpo/runs.`,
    );
  }
  if (run.format > RUN_FORMAT) {
    throw new TrainingError(`${folder} was made by a newer DPO Lab. Update DPO Lab to train it.`);
  }
  if (run.id !== basename(folder)) {
    throw new TrainingError(
      `${join(folder, RUN_FILES.run)} describes no run with the name of its folder. Was it changed by hand?`,
    );
  }
  if (!isTrainedHere(run)) {
    throw new TrainingError(
      `${folder} was trained by ${run.producer.trainer}. Name a run that DPO Lab trained.`,
    );
  }
  return { ...run, dataFolder };
}
