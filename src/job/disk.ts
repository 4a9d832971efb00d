import { statfsSync, statSync } from 'node:fs';

/** Bytes that a checkpoint or a log does not get by with. */
const NO_ROOM = 64 * 1024;

export function hasNoRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < NO_ROOM;
  } catch {
    return false;
  }
}

/** Bytes; 0 for a file that is not there. */
export function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
