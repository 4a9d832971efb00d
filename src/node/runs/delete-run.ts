import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isLive, shownState } from '../../core/runs/liveness';
import { isRunName } from '../../core/runs/run-id';
import { namesIn } from '../files/names-in';
import { isFolder } from '../files/paths';
import { codeOf, FileError } from '../files/text-files';
import { writeError } from '../files/write-error';
import { localProbe } from '../processes/process-check';
import { requireOwnPlace } from './data-folder';
import { readRun, runFolderOf, sweepFolderOf } from './run-store';
import { readSweep } from './sweep-store';

/** Of a folder that is being deleted, behind its name. */
const DELETED = '.deleted';
/** A reader may hold a file of the folder, or a program that has just ended still write one. */
const PATIENT = { recursive: true, force: true, maxRetries: 10 } as const;

/**
 * Deletes a run with everything in it, and its sweep with the last of its arms.
 *
 * @param folder `runs/<id>` in a data folder
 * @throws FileError where a job cares for the run, or the file system refuses
 */
export async function deleteRun(folder: string, id: string): Promise<void> {
  const { state, run, status } = await readRun(folder, id);
  // A job may care for a run that cannot be read.
  const written = state === 'unreadable' && status ? shownState(status, 0, localProbe(id)) : state;
  if (isLive(written)) {
    throw new FileError(`${id} is ${written}. Stop it before it is deleted: dpo-lab stop ${id}`);
  }
  const runs = dirname(folder);
  requireOwnPlace(dirname(runs));
  try {
    // Readers must not meet half a run.
    await rename(folder, join(runs, `.${basename(folder)}${DELETED}`));
  } catch (error) {
    // Somebody else has deleted it meanwhile.
    if (codeOf(error) !== 'ENOENT') throw writeError(error, folder);
  }
  await removeDeleted(runs);
  await removeWithoutRuns(dirname(runs), run?.sweep ?? id);
}

/** Also those that a killed program had begun to delete. */
async function removeDeleted(runs: string): Promise<void> {
  const names = await namesIn(runs);
  const doomed = names.filter(
    (name) => name.startsWith('.') && name.endsWith(DELETED) && isRunName(name.slice(1, -DELETED.length)),
  );
  try {
    for (const name of doomed) await rm(join(runs, name), PATIENT);
  } catch (error) {
    throw writeError(error, runs);
  }
}

/** A sweep that is being launched has its runs already. */
async function removeWithoutRuns(dataFolder: string, sweep: string): Promise<void> {
  const folder = sweepFolderOf(dataFolder, sweep);
  const known = await readSweep(folder).catch(() => undefined);
  if (known?.id !== sweep || basename(folder) !== sweep) return;
  for (const id of known.runs) if (await isFolder(runFolderOf(dataFolder, id))) return;
  await rm(folder, PATIENT).catch(() => {}); // An empty sweep is shown nowhere.
}
