import { spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Handle } from '../../../core/runs/format';
import { SWEEP_FILES } from '../../../core/sweeps/format';
import { duration } from '../../../core/words/numbers';
import { inBatches } from '../../files/in-batches';
import { openOwn } from '../../files/own-files';
import { FileError, messageOf } from '../../files/text-files';
import { nodeEnvironment } from '../../processes/node-environment';
import { isProcess, isSurelyProcess } from '../../processes/process-check';
import { signalGroup } from '../../processes/process-group';
import { readEnd, readRun, runFolderOf, sweepFolderOf, TOGETHER } from '../../runs/run-store';
import type { JobStart, Launcher } from './launcher';

/** Milliseconds that a job may take to say that it is there. */
const TO_START = 30_000;

/** Runs jobs as processes of this machine. */
export const localLauncher: Launcher = {
  kind: 'process',
  start: startJob,
  look: async (handle, sweep) => {
    const pid = pidOf(handle);
    if (pid === undefined) return 'unknown';
    return isProcess(pid, sweep) ? 'alive' : 'gone';
  },
  kill: async (handle, sweep) => {
    const pid = pidOf(handle);
    if (pid !== undefined && isSurelyProcess(pid, sweep)) signalGroup(pid, 'SIGKILL');
  },
};

/** Undefined for a handle of another machine or another launcher. */
function pidOf({ kind, pid, host }: Handle): number | undefined {
  return kind === 'process' && host === hostname() && typeof pid === 'number' ? pid : undefined;
}

async function startJob({ node, program, dataFolder, sweep, runs }: JobStart): Promise<void> {
  const folder = sweepFolderOf(dataFolder, sweep);
  const before = await heartbeats(dataFolder, runs);
  const logFile = join(folder, SWEEP_FILES.log);
  const log = openOwn(logFile, 'append');
  const logStart = fstatSync(log).size;
  const child = spawn(node, [program, folder, ...runs], {
    cwd: dataFolder,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log, log],
    env: nodeEnvironment(),
  });
  closeSync(log);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  child.unref();
  const deadline = performance.now() + TO_START;
  while ((await heartbeats(dataFolder, runs)).some((heartbeat, index) => heartbeat === before[index])) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (failure || ended || performance.now() > deadline) {
      // One that comes to life later would train what the user was told does not run.
      if (child.pid !== undefined)
        await localLauncher.kill({ kind: 'process', pid: child.pid, host: hostname() }, sweep);
      const output = (await readEnd(logFile, 4096, logStart)).trim();
      const silence = ended
        ? 'it did not say why'
        : `it gave no sign of life within ${duration(TO_START)}. The machine may be busy: start it again`;
      const reason = failure ? messageOf(failure) : output || silence;
      throw new FileError(`The job of ${runs.join(', ')} did not start: ${reason}`);
    }
    await delay(50);
  }
}

/** When each status was written; a job that takes charge writes it again. */
async function heartbeats(dataFolder: string, runs: readonly string[]): Promise<(number | undefined)[]> {
  const stored = await inBatches(runs, TOGETHER, (id) => readRun(runFolderOf(dataFolder, id), id));
  return stored.map(({ status }) => status?.heartbeat);
}
