import { codeOf, FileError, messageOf } from './text-files';

/** The disk or the user's share of it is used up. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');
}

/** Says in a sentence why a file or folder could not be written; errors that already do pass. */
export function writeError(error: unknown, path: string): Error {
  if (error instanceof Error && codeOf(error) === undefined) return error;
  if (isDiskFull(error))
    return new FileError(`${path} could not be written: the disk is full. Free some space.`);
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new FileError(`${path} may not be written by this user. Check its permissions.`);
    default:
      return new FileError(`${path} could not be written: ${messageOf(error)}.`);
  }
}
