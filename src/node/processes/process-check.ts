import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { JobProbe } from '../../core/runs/liveness';
import { windowsProgram } from './find-program';
import { isProcessAlive } from './process-alive';

/** Looks at the processes of this machine, now. */
export function localProbe(marker: string): JobProbe {
  return { now: Date.now(), host: hostname(), isAlive: (pid) => isProcess(pid, marker) };
}

/**
 * Whether a process with this id is there, and is the one that is meant: an id is given again to others. Where that cannot
 * be told, as on Windows, it is taken to be the one.
 *
 * @param marker what stands in its command line, such as the path of a run
 */
export function isProcess(pid: number, marker: string): boolean {
  if (!isProcessAlive(pid)) return false;
  const command = process.platform === 'win32' ? undefined : commandLine(pid);
  // A command line cannot be read either when its process has ended since the first look.
  return command === undefined ? isProcessAlive(pid) : command.includes(marker);
}

/**
 * The same for who would end it: where it cannot be told which one it is, it is not the one. Takes a second on Windows.
 */
export function isSurelyProcess(pid: number, marker: string): boolean {
  return isProcessAlive(pid) && commandLine(pid)?.includes(marker) === true;
}

/** Undefined where it cannot be told. A process that has ended, and only waits to be noticed, has an empty one. */
function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const [program, ...args] = process.platform === 'win32' ? asksWindows(pid) : asksPs(pid);
    return execFileSync(program, args, { encoding: 'utf8', windowsHide: true });
  } catch {
    return undefined;
  }
}

function asksPs(pid: number): [string, ...string[]] {
  return ['/bin/ps', '-ww', '-o', 'args=', '-p', String(pid)];
}

function asksWindows(pid: number): [string, ...string[]] {
  const utf8 = '[Console]::OutputEncoding = [Text.Encoding]::UTF8';
  const ask = `(Get-CimInstance Win32_Process -Filter 'ProcessId = ${pid}').CommandLine`;
  const program = windowsProgram('WindowsPowerShell', 'v1.0', 'powershell.exe');
  return [program, '-NoProfile', '-NonInteractive', '-Command', `${utf8}; ${ask}`];
}
