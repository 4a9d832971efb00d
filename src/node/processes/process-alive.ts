import { codeOf } from '../files/text-files';

/** Whether a process of this computer runs. A process id can have been given to another one since. */
export function isProcessAlive(pid: number): boolean {
  // Ids stand in files. 0 and below would ask about groups.
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}
