import { delimiter, isAbsolute, join } from 'node:path';
import { isFile } from '../files/paths';

/**
 * The first program of these names on the search path, absolute. Folders that are named relative to the working folder are
 * passed over, and Windows is not asked, which looks in the working folder first: a checkout could bring programs of its
 * own. Undefined where there is none.
 *
 * @param names tried in this order in each folder; on Windows with their ending
 */
export async function findProgram(
  names: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(isAbsolute)) {
    for (const name of names) {
      const path = join(folder, name);
      if (await isFile(path)) return path;
    }
  }
  return undefined;
}

/** A program that comes with Windows, absolute. */
export function windowsProgram(...path: readonly string[]): string {
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', ...path);
}
