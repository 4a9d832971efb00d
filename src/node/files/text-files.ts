import { readFile, stat } from 'node:fs/promises';
import { isObject, type JsonObject } from './json';

const LARGEST_FILE = 64 * 1024 * 1024;

/** A failure to read a file, told to people: what happened, to which file, and what to do next. Its cause is the system's. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/**
 * The text of a UTF-8 file of at most 64 MB. Bytes that are not UTF-8 become U+FFFD, and a byte-order mark is
 * left out, so that offsets are those an editor shows.
 *
 * @throws FileError where the file is missing, no regular file, not permitted or too large.
 */
export async function readTextFile(path: string): Promise<string> {
  const size = await regularFileSize(path);
  if (size > LARGEST_FILE) {
    const megabytes = Math.ceil(size / 1024 / 1024);
    throw new FileError(
      `${path} holds ${megabytes} MB; text files of up to 64 MB are read. Is it the right file?`,
    );
  }
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    throw fileError(error, path);
  }
}

/** @throws FileError as `readTextFile`, and where the text is not one JSON object. */
export async function readJsonObject(path: string): Promise<JsonObject> {
  const text = await readTextFile(path);
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw new FileError(`${path} is not JSON: ${messageOf(error)}. Fix the file or fetch it again.`);
  }
  throw new FileError(`${path} does not hold a JSON object. Fix the file or fetch it again.`);
}

export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * Bytes of a regular file. Devices and pipes are refused before they are opened, because reading one may never end.
 *
 * @throws FileError
 */
export async function regularFileSize(path: string): Promise<number> {
  const stats = await stat(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  if (stats.isDirectory()) throw new FileError(`${path} is a folder, not a file. Name a file in it.`);
  if (!stats.isFile()) throw new FileError(`${path} is a device or a pipe, not a file. Name a regular file.`);
  return stats.size;
}

/** Says in a sentence why a file or folder could not be read. */
export function fileError(error: unknown, path: string): FileError {
  if (error instanceof FileError) return error;
  return new FileError(`${path} ${whyUnread(error)}`, { cause: error });
}

function whyUnread(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist. Check the path and its spelling.';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user. Check its permissions.';
    case 'EISDIR':
      return 'is a folder, not a file. Name a file in it.';
    case 'ELOOP':
      return 'is a symbolic link that leads back to itself. Fix or remove the link.';
    case 'EMFILE':
    case 'ENFILE':
      return 'could not be read: too many files are open. Close other programs, or raise the limit (ulimit -n).';
    default:
      return `could not be read: ${messageOf(error)}.`;
  }
}

/** Whether a file or folder does not exist, which is no failure where it may be missing. */
export function isMissing(error: unknown): boolean {
  const cause = error instanceof FileError ? error.cause : error;
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(cause) ?? '');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's or zlib's name of an error, such as ENOENT or Z_DATA_ERROR. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
