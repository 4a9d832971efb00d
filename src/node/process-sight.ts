import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { JobSight } from '../core/runs/liveness';
import { codeOf } from './text-files';

/** Looks at the processes of this machine, now. */
export function localSight(marker: string): JobSight {
  return { now: Date.now(), host: hostname(), isAlive: (pid) => isProcess(pid, marker) };
}

/**
 * Whether a process with this id is there, and is the one that is meant: an id is given again to others.
 *
 * @param marker what stands in its command line, such as the path of a run
 */
export function isProcess(pid: number, marker: string): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is there, but may not be signalled.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const command = commandLine(pid);
  return command === undefined || command.includes(marker);
}

/** Undefined where it cannot be told. A process that has ended, and only waits to be noticed, has none. */
function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (process.platform === 'win32') return undefined;
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}
