import { basename, dirname, join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import { NO_MARKS, type RunMarks, runMarksOf } from '../../core/runs/run-marks';
import { replaceJson } from '../files/atomic-file';
import { insideOf } from '../files/own-files';
import { readJsonObject } from '../files/text-files';
import { writeError } from '../files/write-error';

/** Never throws: marks that cannot be read are none. */
export async function readMarks(folder: string): Promise<RunMarks> {
  const value = await readJsonObject(join(folder, RUN_FILES.marks)).catch(() => undefined);
  return value === undefined ? NO_MARKS : runMarksOf(value);
}

/**
 * Changes what its user says about a run.
 *
 * @throws FileError where the file system refuses
 */
export async function changeMarks(folder: string, change: Partial<RunMarks>): Promise<void> {
  const path = insideOf(
    dirname(dirname(folder)),
    basename(dirname(folder)),
    basename(folder),
    RUN_FILES.marks,
  );
  const marks = runMarksOf({ ...(await readMarks(folder)), ...change });
  try {
    replaceJson(path, marks, { durable: true });
  } catch (error) {
    throw writeError(error, path);
  }
}
