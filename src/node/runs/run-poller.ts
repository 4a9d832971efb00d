import { join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import { isLive, shownState } from '../../core/runs/liveness';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { fileStamp } from '../files/file-stamp';
import { localProbe } from '../processes/process-check';
import { readRun } from './run-store';

/** Files that only a run that goes on writes, besides its status. */
const LIVE_FILES = [RUN_FILES.metrics, RUN_FILES.trainer, RUN_FILES.judgements, RUN_FILES.events];
/** Of a file that is not there. */
const NONE = 'none';

/** What a look brought. */
interface News {
  /** Live files that were written since the look before. */
  readonly written: readonly string[];
}

/** Sees whether a run has changed. As little is read as can be: `run.json` once, the status when it is another one. */
export class RunPoller {
  #run: RunRecord | undefined;
  #statusStamp = '';
  #liveStamps: readonly string[] = [];

  constructor(
    private readonly folder: string,
    private readonly id: string,
  ) {}

  get isLive(): boolean {
    return this.#run !== undefined && isLive(this.#run.state);
  }

  /** Files that are there and that a run that goes on writes, besides its status, which it writes all the time. */
  get liveFiles(): string[] {
    return LIVE_FILES.filter((_, index) => this.#liveStamps[index] !== NONE);
  }

  /** Undefined where nothing has changed since the look before but a sign of life. */
  async next(): Promise<News | undefined> {
    const statusStamp = await fileStamp(join(this.folder, RUN_FILES.status));
    const before = this.#run;
    const hasNewStatus = statusStamp !== this.#statusStamp;
    if (!hasNewStatus && before && !this.isLive) return undefined;
    this.#statusStamp = statusStamp;
    this.#run = await this.#read(before, hasNewStatus);
    const written = this.isLive ? await this.#lookAtLiveFiles() : [];
    return written.length > 0 || !before || tells(before) !== tells(this.#run) ? { written } : undefined;
  }

  async #read(before: RunRecord | undefined, hasNewStatus: boolean): Promise<RunRecord> {
    if (hasNewStatus || !before?.run) return readRun(this.folder, this.id, before?.run);
    const { run, status } = before;
    return { ...before, state: shownState(status, run.created, localProbe(run.sweep ?? this.id)) };
  }

  async #lookAtLiveFiles(): Promise<string[]> {
    const before = this.#liveStamps;
    this.#liveStamps = await Promise.all(LIVE_FILES.map((name) => fileStamp(join(this.folder, name))));
    return LIVE_FILES.filter((_, index) => this.#liveStamps[index] !== (before[index] ?? NONE));
  }
}

/** All that a status says, but for signs of life. */
function tells({ state, status, problem }: RunRecord): string {
  return JSON.stringify([state, { ...status, heartbeat: 0 }, problem]);
}
