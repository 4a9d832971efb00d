import { closeSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import { insideOf, openOwn, PRIVATE_FOLDER } from '../node/files/own-files';
import { codeOf } from '../node/files/text-files';
import { writeError } from '../node/files/write-error';
import { ATTEMPTS, lastAttempt } from '../node/runs/lease';

/**
 * Which job has a run. Each attempt begins with an empty file in `attempts/`, named by its number, that only one job can
 * make: of two jobs that look at the same moment, one gets the run. Nothing is ever removed, so no job can take a claim
 * away that another has just made.
 */

/** Milliseconds in which a job that claimed a run writes its status, however busy the machine is. */
const TO_WRITE = 15_000;

/** The number of the last attempt; 0 before the first. To be asked before the status is read. */
export function attemptBefore(runFolder: string): number {
  try {
    return lastAttempt(runFolder);
  } catch {
    return 0;
  }
}

/** A job has just claimed the run, and its status does not say so yet. */
export function isBeingClaimed(runFolder: string, attempt: number): boolean {
  const claimed = changeOf(join(runFolder, ATTEMPTS, String(attempt)));
  const told = changeOf(join(runFolder, RUN_FILES.status));
  return claimed !== undefined && claimed >= (told ?? 0) && Math.abs(Date.now() - claimed) < TO_WRITE;
}

/**
 * False where another job was faster.
 *
 * @throws FileError where the file system refuses
 */
export function claim(runFolder: string, attempt: number): boolean {
  const path = insideOf(runFolder, ATTEMPTS, String(attempt));
  try {
    mkdirSync(join(runFolder, ATTEMPTS), { recursive: true, mode: PRIVATE_FOLDER });
    closeSync(openOwn(path, 'create'));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw writeError(error, path);
  }
}

function changeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
