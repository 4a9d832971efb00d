import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import { inBatches } from '../files/in-batches';
import { type WatchPaths, watchPaths } from '../files/watch-paths';
import { Watches } from '../files/watches';
import { RunPoller } from './run-poller';
import { runFolderOf } from './run-store';

/** Milliseconds between two looks. Whoever reads what is told has a second left: nothing shows later than after two. */
const INTERVAL = 1000;
/** Milliseconds that changes are collected for: of one that comes alone, and at least between two reports. */
const COLLECT = 50;
const PAUSE = 150;
/** Runs that are looked at together. */
const TOGETHER = 16;
/** Runs that ended are looked at in turns of so many, so that an old folder with many costs nothing. */
const ENDED_AT_A_TURN = 250;

export interface RunsWatch {
  /** Why changes show up late, in a sentence; undefined where they show up at once. */
  readonly degraded: string | undefined;
  close(): Promise<void>;
}

interface WatchSettings {
  readonly interval?: number;
  readonly watch?: WatchPaths;
}

/**
 * Watches the runs of a data folder. What is appended to the files of runs that go on, and the folder that holds them
 * all, are watched by the system; besides, everything is looked at in turns, for what the system does not tell: changes on
 * a network drive, too many watched files, a job that died without a word, an ended run that is resumed. A status is only
 * looked at: it is written all the time, and what matters of it is appended to the events as well.
 *
 * @param onChange gets the ids of runs that came, went, are in another state, or wrote something: of all runs the first
 *   time, and of none where only `degraded` changed
 */
export function watchRuns(
  dataFolder: string,
  onChange: (ids: readonly string[]) => void,
  settings: WatchSettings = {},
): RunsWatch {
  return new RunsWatcher(dataFolder, onChange, settings);
}

class RunsWatcher implements RunsWatch {
  readonly #runsFolder: string;
  readonly #interval: number;
  readonly #watches: Watches;
  readonly #known = new Map<string, RunPoller>();
  /** To be told. */
  readonly #changed = new Set<string>();
  /** To be looked at soon. */
  readonly #unsure = new Set<string>();
  #folderChanged = false;
  #told: { degraded: string | undefined; at: number } | undefined;
  #turn = 0;
  #collecting: NodeJS.Timeout | undefined;
  #next: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    readonly dataFolder: string,
    private readonly onChange: (ids: readonly string[]) => void,
    { interval = INTERVAL, watch = watchPaths }: WatchSettings,
  ) {
    this.#runsFolder = join(dataFolder, 'runs');
    this.#interval = interval;
    this.#watches = new Watches(watch);
    this.#poll();
  }

  get degraded(): string | undefined {
    return this.#watches.degraded;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#collecting);
    clearTimeout(this.#next);
    await this.#working;
    await this.#watches.close();
  }

  #poll(): void {
    void this.#work(async () => {
      this.#watches.beginTurn();
      await this.#lookAtFolder();
      await this.#lookAt(this.#ofThisTurn());
    }).finally(() => {
      if (!this.#isClosed) this.#next = setTimeout(() => this.#poll(), this.#interval);
    });
  }

  /** One thing after another, so that no look overtakes another. */
  #work(look: () => Promise<void>): Promise<void> {
    const work = this.#working.then(async () => {
      if (this.#isClosed) return;
      await look();
      this.#tell();
    });
    this.#working = work.catch(() => {});
    return work;
  }

  #tell(): void {
    const { degraded } = this;
    if (this.#isClosed) return;
    if (this.#told && this.#changed.size === 0 && this.#told.degraded === degraded) return;
    this.#told = { degraded, at: performance.now() };
    const ids = [...this.#changed].sort();
    this.#changed.clear();
    this.onChange(ids);
  }

  #notifySoon(): void {
    if (this.#collecting || this.#isClosed) return;
    const sinceLast = performance.now() - (this.#told?.at ?? 0);
    this.#collecting = setTimeout(
      () => {
        this.#collecting = undefined;
        if (this.#told) this.#tell();
        if (!this.#folderChanged && this.#unsure.size === 0) return;
        void this.#work(async () => {
          if (this.#folderChanged) await this.#lookAtFolder();
          await this.#lookAt([...this.#unsure]);
        });
      },
      Math.max(COLLECT, PAUSE - sinceLast),
    );
  }

  /** Runs that came and went. */
  async #lookAtFolder(): Promise<void> {
    this.#folderChanged = false;
    const names = await readdir(this.#runsFolder).catch(() => undefined);
    if (names) this.#watchAll();
    else this.#watches.remove(this.#runsFolder);
    // Folders that are being made or deleted have a dot before their name.
    const ids = new Set(names?.filter((name) => !name.startsWith('.')));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#forget(id);
    for (const id of ids) if (!this.#known.has(id)) this.#unsure.add(id);
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#unsure.delete(id);
    this.#watches.remove(runFolderOf(this.dataFolder, id));
    this.#changed.add(id);
  }

  /** All that go on or are new, and of the others as many as a turn has. */
  #ofThisTurn(): string[] {
    const known = [...this.#known];
    const live = known.flatMap(([id, { isLive }]) => (isLive ? [id] : []));
    const ended = known.flatMap(([id, { isLive }]) => (isLive ? [] : [id]));
    if (this.#turn >= ended.length) this.#turn = 0;
    const turn = ended.slice(this.#turn, this.#turn + ENDED_AT_A_TURN);
    this.#turn += turn.length;
    return [...new Set([...this.#unsure, ...live, ...turn])];
  }

  async #lookAt(ids: readonly string[]): Promise<void> {
    await inBatches(ids, TOGETHER, (id) => this.#lookAtRun(id));
  }

  async #lookAtRun(id: string): Promise<void> {
    if (this.#isClosed) return;
    this.#unsure.delete(id);
    const folder = runFolderOf(this.dataFolder, id);
    const isNew = !this.#known.has(id);
    const look = this.#known.get(id) ?? new RunPoller(folder, id);
    this.#known.set(id, look);
    const news = await look.next();
    if (news) this.#changed.add(id);
    if (news && news.written.length > 0 && !isNew) this.#watches.expectChange(folder);
    if (look.isLive) this.#watchRun(id, folder, look.liveFiles);
    else this.#watches.remove(folder);
  }

  #watchAll(): void {
    this.#watches.add(this.#runsFolder, [this.#runsFolder], {
      wants: (name) => !name.startsWith('.'),
      changed: () => {
        this.#folderChanged = true;
        this.#notifySoon();
      },
    });
  }

  #watchRun(id: string, folder: string, files: readonly string[]): void {
    const paths = files.map((name) => join(folder, name));
    this.#watches.add(folder, paths, {
      wants: () => false,
      changed: (name) => {
        this.#changed.add(id);
        // It may be in another state, and have files that are not watched yet.
        if (name === RUN_FILES.events) this.#unsure.add(id);
        this.#notifySoon();
      },
    });
  }
}
