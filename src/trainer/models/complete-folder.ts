import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists } from '../../node/files/paths';
import { syncFiles, syncFolder } from '../../node/files/sync-folder';
import { writeError } from '../../node/files/write-error';
import { isProcessAlive } from '../../node/processes/process-alive';

/**
 * Makes a folder completely or not at all: `fill` writes into a folder beside it, which is then renamed. A folder of
 * that name is replaced. What a killed process left beside it is removed.
 *
 * @throws FileError where it cannot be written; the folder is then as it was
 */
export async function completeFolder(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${folder}.partial-${process.pid}`;
  const replaced = `${folder}.replaced-${process.pid}`;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await removeLeftovers(folder);
    await mkdir(temporary);
    await fill(temporary);
    syncFiles(temporary);
    if (await exists(folder)) await rename(folder, replaced);
    await rename(temporary, folder);
    syncFolder(dirname(folder));
    await rm(replaced, { recursive: true, force: true });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw writeError(error, folder);
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`)) continue;
    const pid = Number(/\.(?:partial|replaced)-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    if (pid === process.pid || (pid > 0 && !isProcessAlive(pid))) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}
