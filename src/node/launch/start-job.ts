import { spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SWEEP_FILES } from '../../core/sweeps/format';
import { inBatches } from '../files/in-batches';
import { openOwn } from '../files/own-files';
import { FileError, messageOf } from '../files/text-files';
import { nodeEnvironment } from '../processes/node-environment';
import { readEnd, readRun, runFolderOf, sweepFolderOf, TOGETHER } from '../runs/run-store';

/** Milliseconds that a job may take to say that it is there. */
const TO_START = 30_000;

export interface JobStart {
  /** Node, or a program that behaves like it. */
  readonly node: string;
  /** Path of the bundled `job.js`. */
  readonly program: string;
  readonly dataFolder: string;
  readonly sweep: string;
  readonly runs: readonly string[];
}

/**
 * Starts a job that outlives this process, and waits until it has taken charge of its runs.
 *
 * @throws FileError where it could not be started
 */
export async function startJob({ node, program, dataFolder, sweep, runs }: JobStart): Promise<void> {
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
      const output = (await readEnd(logFile, 4096, logStart)).trim();
      const reason = failure ? messageOf(failure) : output || 'it did not say why';
      throw new FileError(`The job of ${runs.join(', ')} did not start: ${reason}`);
    }
    await delay(50);
  }
}

/** When each status was written; a job that takes charge writes it anew. */
async function heartbeats(dataFolder: string, runs: readonly string[]): Promise<(number | undefined)[]> {
  const stored = await inBatches(runs, TOGETHER, (id) => readRun(runFolderOf(dataFolder, id), id));
  return stored.map(({ status }) => status?.heartbeat);
}
