import { spawn } from 'node:child_process';
import { windowsProgram } from './find-program';

/** Signals a process and all that it started. False where none of them is left. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  // Ids stand in files: the group of 0 is this process's own, and a signal to that of 1 reaches every process.
  if (!Number.isSafeInteger(leader) || leader <= 1) return false;
  if (process.platform === 'win32') return signalOnWindows(leader, signal);
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** Windows knows no polite signal for a process without a window: `control.json` asks in its place. */
function signalOnWindows(leader: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  if (signal === 'SIGKILL') {
    spawn(windowsProgram('taskkill.exe'), ['/pid', String(leader), '/T', '/F'], {
      stdio: 'ignore',
      windowsHide: true,
    });
    return true;
  }
  try {
    return process.kill(leader, 0);
  } catch {
    return false;
  }
}
