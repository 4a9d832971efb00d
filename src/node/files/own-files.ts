import { constants, lstatSync, openSync, realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, sep } from 'node:path';
import { codeOf, FileError } from './text-files';

/**
 * Files and folders that only our own programs write. A folder of runs can come from a repository, and git carries links:
 * what is written, renamed or deleted must not lie where such a link leads.
 */

/** Configs may hold keys, so that other accounts of the machine read nothing of a run. */
export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;

const { O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_WRONLY } = constants;
/** Windows has no such flag; making a link there needs a right of its own. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;

const ACCESS = {
  append: O_RDWR | O_CREAT | O_APPEND,
  create: O_WRONLY | O_CREAT | O_EXCL,
  change: O_RDWR,
} as const;

/**
 * Opens a file for writing and gives its descriptor. `create` needs that no file of that name exists.
 *
 * @param mode of a file that is made
 * @throws FileError where the name is a symbolic link, and what the file system says
 */
export function openOwn(path: string, access: keyof typeof ACCESS, mode: number = PRIVATE_FILE): number {
  if (O_NOFOLLOW === 0 && isLink(path)) throw linkError(path);
  try {
    return openSync(path, ACCESS[access] | O_NOFOLLOW, mode);
  } catch (error) {
    // FreeBSD has a name of its own for it.
    if (['ELOOP', 'EMLINK'].includes(codeOf(error) ?? '')) throw linkError(path);
    throw error;
  }
}

/** Names folders, as PATH does, into which links may lead: a large disk for checkpoints, for instance. */
const LINKED = 'DPO_LAB_LINKED_FOLDERS';

/**
 * Refuses a place below a folder that lies somewhere else in truth. Names that do not exist yet lead nowhere.
 *
 * @param folder may be a link itself: the user who named it meant that
 * @param names of folders and at last of the place
 * @returns the path
 * @throws FileError where one of them is a symbolic link out of the folder, and not into one that the user has named
 */
export function insideOf(folder: string, ...names: readonly string[]): string {
  const path = join(folder, ...names);
  let way = folder;
  for (const name of relative(folder, path).split(sep)) {
    way = join(way, name);
    if (isLink(way) && ![folder, ...linkedFolders()].some((place) => leadsInto(way, place)))
      throw linkError(way, folder);
  }
  return path;
}

function linkedFolders(): string[] {
  return (process.env[LINKED] ?? '').split(delimiter).filter(isAbsolute);
}

/** Whether a link ends in a folder or below it. One that ends nowhere does not. */
function leadsInto(link: string, folder: string): boolean {
  try {
    const [target, real] = [realpathSync(link), realpathSync(folder)];
    return target === real || target.startsWith(real.endsWith(sep) ? real : real + sep);
  } catch {
    return false;
  }
}

export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function linkError(path: string, folder?: string): FileError {
  if (folder === undefined) {
    return new FileError(
      `${path} is a symbolic link, and nothing is written through it. Remove the link and try again.`,
    );
  }
  return new FileError(
    `${path} is a symbolic link that leads out of ${folder}. Nothing is written or deleted there. Remove the link, or name the folder that it leads to in the environment variable ${LINKED} if the link is yours.`,
  );
}
