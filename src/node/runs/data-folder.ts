import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** Runs hold gigabytes that belong into no repository. */
export async function makeDataFolder(dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  await writeFile(join(dataFolder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {});
}
