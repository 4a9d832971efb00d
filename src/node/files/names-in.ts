import { readdir } from 'node:fs/promises';
import { fileError, isMissing } from './text-files';

/**
 * Names in a folder; none where it does not exist.
 *
 * @throws FileError where it exists and cannot be read: no names would say that it is empty
 */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError(error, folder);
  }
}
