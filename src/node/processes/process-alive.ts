import { codeOf } from '../files/text-files';

/** Whether a process of this computer runs. A process id can have been given to another one since. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}
