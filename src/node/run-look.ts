import { join } from 'node:path';
import { RUN_FILES, type RunStatus } from '../core/runs/format';
import { isLive, type ShownState, shownState } from '../core/runs/liveness';
import { isRunStatus } from '../core/runs/read-files';
import { fileStamp } from './file-stamp';
import { localSight } from './process-sight';
import { readRun, type StoredRun } from './run-store';
import { readJsonObject } from './text-files';

/** Files that only a run that goes on writes, besides its status. */
const LIVE_FILES = [RUN_FILES.metrics, RUN_FILES.trainer, RUN_FILES.events];

/** Sees whether a run has changed. As little is read as can be: `run.json` once, the status when it is another one. */
export class RunLook {
  #run: StoredRun | undefined;
  #statusStamp = '';
  #liveStamp = '';

  constructor(
    private readonly folder: string,
    private readonly id: string,
  ) {}

  get isLive(): boolean {
    return this.#run !== undefined && isLive(this.#run.state);
  }

  /** What has changed since the look before: something was written, or its job died without a word. */
  async next(): Promise<'files' | 'state' | undefined> {
    const statusStamp = await fileStamp(join(this.folder, RUN_FILES.status));
    const before = this.#run;
    const hasNewStatus = statusStamp !== this.#statusStamp;
    if (!hasNewStatus && before && !this.isLive) return undefined;
    this.#statusStamp = statusStamp;
    this.#run = await this.#read(before, hasNewStatus);
    const liveStamp = this.isLive ? await this.#stampLiveFiles() : '';
    const hasWritten = hasNewStatus || liveStamp !== this.#liveStamp;
    this.#liveStamp = liveStamp;
    if (hasWritten) return 'files';
    return this.#run.state === before?.state ? undefined : 'state';
  }

  async #read(before: StoredRun | undefined, hasNewStatus: boolean): Promise<StoredRun> {
    if (!before?.run) return readRun(this.folder, this.id);
    const { run } = before;
    const status = hasNewStatus ? await this.#readStatus() : before.status;
    const state: ShownState = shownState(status, run.created, localSight(run.sweep ?? this.id));
    return { ...before, state, ...(status && { status }) };
  }

  async #readStatus(): Promise<RunStatus | undefined> {
    const status = await readJsonObject(join(this.folder, RUN_FILES.status)).catch(() => undefined);
    return isRunStatus(status) ? status : undefined;
  }

  async #stampLiveFiles(): Promise<string> {
    return (await Promise.all(LIVE_FILES.map((name) => fileStamp(join(this.folder, name))))).join();
  }
}
