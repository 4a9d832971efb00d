import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openOwn } from '../node/files/own-files';
import { signalGroup } from '../node/processes/process-group';
import { ATTEMPTS_VARIABLE } from '../node/runs/lease';
import { endMarked } from './marked-processes';

/** How a trainer ended; `error` where it never started. */
export type Exit =
  | { readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly error: Error };

export interface TrainerStart {
  /** Program and arguments: no shell reads them. */
  readonly command: readonly string[];
  /** The folder of the run, of the first one where there are several. */
  readonly cwd: string;
  /** What it needs beside the job's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Of each run that it trains, the number of the job's claim. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Gets what it writes to stdout and stderr. */
  readonly logFile: string;
}

/**
 * glibc gives large blocks back to the system and asks for them again at each step; to keep them saves 7 to 9 % of a step
 * of the onnx trainer. It reads these when a process starts.
 */
const ALLOCATOR =
  process.platform === 'linux'
    ? { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(16 * 1024 ** 3) }
    : {};

/** What another trainer asks for pairs and for rendered templates: the onnx trainer's program lies beside this one. */
const ONNX_TRAINER = JSON.stringify([
  process.execPath,
  join(dirname(process.argv[1] ?? ''), 'onnx-trainer.js'),
]);

/** A trainer in a process group of its own, so that what it started ends with it. */
export class TrainerProcess {
  readonly #child: ChildProcess;
  readonly #cwd: string;
  #exit: Exit | undefined;

  constructor({ command: [program = '', ...args], cwd, environment, attempts, logFile }: TrainerStart) {
    this.#cwd = cwd;
    const log = openOwn(logFile, 'append');
    try {
      this.#child = spawn(program, args, {
        cwd,
        detached: true,
        windowsHide: true,
        stdio: ['ignore', log, log],
        // A trainer that finds another parent than this has lost its job, and stops.
        env: {
          ...(environment ? {} : ALLOCATOR),
          ...process.env,
          ...environment,
          DPO_LAB_JOB: String(process.pid),
          DPO_LAB_ONNX_TRAINER: ONNX_TRAINER,
          [ATTEMPTS_VARIABLE]: JSON.stringify(attempts),
        },
      });
    } finally {
      closeSync(log);
    }
    this.#child.on('exit', (code, signal) => {
      this.#exit = { code, signal };
    });
    this.#child.on('error', (error) => {
      if (this.#child.pid === undefined) this.#exit = { error };
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Undefined as long as it runs, whatever signals were sent. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Asks it to save and end. */
  terminate(): void {
    if (this.pid !== undefined && !this.#exit) signalGroup(this.pid, 'SIGTERM');
  }

  /** Ends it and all it started, also what is left when it has ended itself. */
  kill(): void {
    if (this.pid === undefined) return;
    signalGroup(this.pid, 'SIGKILL');
    endMarked({ job: process.pid, trainer: this.pid, runFolder: this.#cwd });
  }
}
