import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { insideOf } from '../files/own-files';
import { isFolder } from '../files/paths';

/** Holds `references/`, `runs/` and `sweeps/`, in the workspace. */
export const DATA_FOLDER = '.dpo';

/** The closest folder at or above a file that holds runs, else the folder the command was started in. */
export async function workspaceOf(file: string, cwd: string): Promise<string> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (await isFolder(join(folder, DATA_FOLDER))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

/**
 * Where runs, sweeps and references may be written and deleted. A folder that the user has named may be a link, or lie
 * behind one. One that has its name by default may have come with a repository.
 *
 * @throws FileError where a link leads elsewhere
 */
export function requireOwnPlace(dataFolder: string): void {
  if (basename(dataFolder) === DATA_FOLDER) insideOf(dirname(dataFolder), DATA_FOLDER);
  for (const name of ['runs', 'sweeps', 'references', 'models', 'cache']) insideOf(dataFolder, name);
}

/** Runs hold gigabytes that belong into no repository. */
export async function makeDataFolder(dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  await writeFile(join(dataFolder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
}
