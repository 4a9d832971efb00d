import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type EventLine, RUN_FILES, RUN_FORMAT, type RunStatus } from '../core/runs/format';
import { overwriteJson, replaceJson } from '../node/files/atomic-file';
import { JsonLinesWriter } from '../node/files/json-lines';
import { codeOf, messageOf } from '../node/files/text-files';
import type { Lease } from '../node/runs/lease';

/** What the system calls a full disk, and a used-up quota. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
/** Milliseconds between two signs of life. */
const HEARTBEAT = 2000;
/** Milliseconds between two statuses that differ only in numbers. */
const SHORTEST = 500;

type ReportedStatus = Omit<RunStatus, 'format' | 'host' | 'heartbeat'>;
type Event = EventLine extends infer E ? (E extends unknown ? Omit<E, 'time'> : never) : never;

/**
 * The two files of a run that its job writes. A write that fails, as on a full disk, is told once and tried again: what
 * happens to the run does not depend on it.
 */
export class RunFiles {
  #status: ReportedStatus;
  /** By the monotonic clock. */
  #written = Number.NEGATIVE_INFINITY;
  #changed: 'no' | 'numbers' | 'state' = 'state';
  #events: JsonLinesWriter | undefined;
  #unwritten: object[] = [];
  #told = false;

  constructor(
    private readonly folder: string,
    private readonly lease: Lease,
    start: ReportedStatus,
  ) {
    this.#status = start;
  }

  get status(): ReportedStatus {
    return this.#status;
  }

  /** Whether everything was written, or never can be. */
  get isSettled(): boolean {
    return this.isGone || (this.#changed === 'no' && this.#unwritten.length === 0);
  }

  /** Somebody has deleted the folder. */
  get isGone(): boolean {
    return this.#told && !existsSync(this.folder);
  }

  set(changes: { readonly [K in keyof ReportedStatus]?: ReportedStatus[K] | undefined }): void {
    const next = Object.fromEntries(
      Object.entries({ ...this.#status, ...changes }).filter(([, value]) => value !== undefined),
    ) as unknown as ReportedStatus;
    if (JSON.stringify(next) === JSON.stringify(this.#status)) return;
    if (next.state !== this.#status.state) this.#changed = 'state';
    else if (this.#changed === 'no') this.#changed = 'numbers';
    this.#status = next;
  }

  say(event: Event): void {
    this.#unwritten.push({ time: Date.now(), ...event });
  }

  /** Writes what is due. */
  write(): void {
    if (this.lease.isTaken) {
      // They are another job's files now.
      this.#unwritten = [];
      this.#changed = 'no';
      return;
    }
    // One must not wait for the other: a status may fit where nothing more can be appended.
    const failures = [this.#attempt(() => this.#writeEvents()), this.#attempt(() => this.#writeStatus())];
    const [failure] = failures.flatMap((error) => error ?? []);
    if (failure !== undefined && !this.#told) {
      process.stderr.write(`${this.folder}: ${messageOf(failure)}. Trying again.\n`);
    }
    this.#told = failure !== undefined;
  }

  #attempt(write: () => void): unknown {
    try {
      write();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #writeEvents(): void {
    while (this.#unwritten.length > 0) {
      this.#events ??= new JsonLinesWriter(join(this.folder, RUN_FILES.events));
      this.#events.append(this.#unwritten[0] ?? {});
      this.#unwritten.shift();
    }
  }

  #writeStatus(): void {
    const silent = performance.now() - this.#written;
    const due = this.#changed === 'state' || silent >= (this.#changed === 'no' ? HEARTBEAT : SHORTEST);
    if (!due) return;
    const path = join(this.folder, RUN_FILES.status);
    const status: RunStatus = {
      format: RUN_FORMAT,
      host: hostname(),
      heartbeat: Date.now(),
      ...this.#status,
    };
    try {
      replaceJson(path, status, { durable: this.#changed === 'state' });
    } catch (error) {
      if (!FULL.has(codeOf(error) ?? '')) throw error;
      overwriteStatus(path, status, error);
    }
    this.#changed = 'no';
    this.#written = performance.now();
  }

  close(): void {
    this.#events?.close();
    this.#events = undefined;
  }
}

/** @param full why it could not be replaced, which is what to say where there is no file yet, either */
function overwriteStatus(path: string, status: RunStatus, full: unknown): void {
  try {
    overwriteJson(path, status);
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? full : error;
  }
}
