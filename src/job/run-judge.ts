import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import { messageOf } from '../node/files/text-files';

/** Exit code of a judge that cannot be used as the config has it. */
const UNUSABLE = 2;

/**
 * Judges what a run generates, in a process beside its trainer, which never waits for it. A process judges all texts that
 * nobody has judged; where more have come meanwhile, another one follows.
 */
export class RunJudge {
  #child: ChildProcess | undefined;
  #isWanted = false;
  #hasRun = false;
  #evaluations = 0;
  #problem: string | undefined;
  #output = '';

  /** @param command program and first arguments; the run folder is appended */
  constructor(
    private readonly command: readonly string[],
    private readonly folder: string,
  ) {}

  /** Whether texts are being judged, or wait for it. */
  get isBusy(): boolean {
    return this.#child !== undefined || this.#isWanted;
  }

  /** Why the judge cannot be used, in a sentence, where that was so at the start: later, training matters more. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @param evaluations whose texts are written so far */
  see(evaluations: number): void {
    if (evaluations > this.#evaluations) this.wake();
    this.#evaluations = evaluations;
  }

  /** Looks for texts, and whether the judge can be used at all. */
  wake(): void {
    this.#isWanted = true;
    this.#startIfIdle();
  }

  kill(): void {
    this.#isWanted = false;
    this.#child?.kill('SIGKILL');
  }

  #startIfIdle(): void {
    if (this.#child || !this.#isWanted || this.#problem !== undefined) return;
    this.#isWanted = false;
    this.#output = '';
    const [program = '', ...args] = this.command;
    const log = openSync(join(this.folder, RUN_FILES.log), 'a');
    try {
      const child = spawn(program, [...args, this.folder], {
        cwd: this.folder,
        windowsHide: true,
        stdio: ['ignore', log, 'pipe'],
        // Not the mark of what a trainer started: that ends with the trainer, before the last texts are judged.
        env: { ...process.env, DPO_LAB_JUDGES_FOR: String(process.pid) },
      });
      this.#child = child;
      child.stderr?.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString()).slice(-4000);
      });
      child.on('error', (error) => this.#ended(child, UNUSABLE, messageOf(error)));
      child.on('close', (code) => this.#ended(child, code, this.#output.trim()));
    } finally {
      closeSync(log);
    }
  }

  #ended(child: ChildProcess, code: number | null, output: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (code === UNUSABLE && !this.#hasRun)
      this.#problem = output === '' ? 'The judge could not be started.' : output;
    this.#hasRun = true;
    this.#startIfIdle();
  }
}
