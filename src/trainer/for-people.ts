import { UnsupportedModelError } from '../core/model-config/fields';
import { FileError } from '../node/files/text-files';
import { TrainingError } from './training-error';

/** Whether a failure is told in words; anything else is a bug and keeps its stack. */
export function isForPeople(error: unknown): error is Error {
  return (
    error instanceof TrainingError || error instanceof FileError || error instanceof UnsupportedModelError
  );
}
