import { lstat, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';

/** A model or dataset as a config names it: something on disk, or something on the Hugging Face hub. */
type Named =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'hub id'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

const HUB_ID = /^[\w.-]+(\/[\w.-]+)?$/;

/**
 * Tells a path from a hub id. A path is absolute, starts with `.` or `~`, has a backslash, or exists from
 * `baseFolder`; what is left and looks like `name` or `organization/name` is a hub id.
 */
export async function pathOrHubId(text: string, baseFolder: string): Promise<Named> {
  const refusal = refusedPath(text);
  if (refusal) return { kind: 'refused', reason: refusal };
  const path = resolvePath(text, baseFolder);
  if (isAbsolute(text) || /^[.~]/.test(text) || text.includes('\\')) return { kind: 'path', path };
  if (HUB_ID.test(text) && !(await exists(path))) return { kind: 'hub id', id: text };
  return { kind: 'path', path };
}

/**
 * Why a path is not looked at, in a sentence. A config must not make this machine greet a server: opening a network
 * path on Windows sends the user's credentials to it.
 */
export function refusedPath(text: string): string | undefined {
  if (text.trim() === '') return 'The path is empty. Write a path or a hub id.';
  if (/^[\\/]{2}/.test(text)) {
    return `${text} is a network path, which is not opened. Map it to a drive or mount it, and use that path.`;
  }
  if (text.includes('\0')) return 'The path has a null character in it. Write it again.';
  return undefined;
}

/** The absolute path; `~` is the home folder. */
export function resolvePath(text: string, baseFolder: string): string {
  return resolve(baseFolder, expandHome(text));
}

export function expandHome(path: string): string {
  return /^~(?=$|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : path;
}

/** As short as is still clear: relative where it lies below `baseFolder`. */
export function shownPath(path: string, baseFolder: string): string {
  const short = relative(baseFolder, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** Whether a name is taken, be it by a link that leads nowhere: reading that tells more than calling it missing. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
