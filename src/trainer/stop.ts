import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlFile, RUN_FILES } from '../core/runs/format';
import { isObject } from '../node/files/json';
import { type Lease, leaseOf } from '../node/runs/lease';

/** Thrown out of preparations that a request to stop cuts short. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Another job has the run by now: this trainer writes nothing more into its folder. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** What somebody outside asks of a run: by a signal, or by `control.json`. Asked for between two steps. */
export class Requests {
  #signalled = false;
  /** Process id of the job, where there is one. */
  readonly #job = Number(process.env.DPO_LAB_JOB ?? process.ppid);
  readonly #lease: Lease;
  #lastControl: string | undefined;
  #hasCutShort = false;

  /** @param run id of the run: a request that names another is not meant for this one */
  constructor(
    private readonly folder: string,
    private readonly run: string,
  ) {
    this.#lease = leaseOf(folder, run);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        this.#signalled = true;
      });
    }
  }

  /** Another job has the run by now. */
  get isTaken(): boolean {
    return this.#lease.isTaken;
  }

  /** @throws LeaseLost */
  requireLease(): void {
    if (this.isTaken) throw new LeaseLost();
  }

  /** A new request, if there is one; `stop` is repeated for ever, `checkpoint` is given once. */
  next(): ControlFile['request'] | undefined {
    this.requireLease();
    if (this.#mustStop()) return 'stop';
    const { text, request } = this.#control();
    if (request === 'stop') return 'stop';
    if (request !== 'checkpoint' || text === this.#lastControl) return undefined;
    this.#lastControl = text;
    return 'checkpoint';
  }

  /** @throws Stopped when a stop was asked for, LeaseLost */
  check(): void {
    this.requireLease();
    if (!this.#mustStop() && this.#control().request !== 'stop') return;
    this.#hasCutShort = true;
    throw new Stopped();
  }

  /** `check` has thrown. Work that it was thrown out of may tell it as an error of its own, such as of a file it read. */
  get hasCutShort(): boolean {
    return this.#hasCutShort;
  }

  /** Signalled, or without a job: nobody watches the run then. It saves, and is resumed by another job. */
  #mustStop(): boolean {
    return this.#signalled || process.ppid !== this.#job;
  }

  #control(): { readonly text?: string; readonly request?: unknown } {
    try {
      const text = readFileSync(join(this.folder, RUN_FILES.control), 'utf8');
      const control = parse(text);
      return control?.run === this.run ? { text, request: control.request } : {};
    } catch {
      return {};
    }
  }
}

/** A file that is being written, or holds something else, asks for nothing. */
function parse(text: string): Partial<ControlFile> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
