import { codeOf } from './text-files';
import type { PathListener, WatchPaths } from './watch-paths';

/** Turns between two attempts to watch a folder that could not be watched. */
const AGAIN = 20;
/** Changes that were not told by the system, one after another, before it is said that it tells none. */
const MANY = 3;

interface Watch {
  readonly close: () => Promise<void>;
  readonly paths: readonly string[];
  /** The turn in which the system told a change last. */
  newsAt: number;
  /** A change was found that was not told. It may be told yet, until the next turn. */
  isOverdue: boolean;
}

interface Failure {
  readonly sentence: string;
  isToBeTriedAgain: boolean;
}

/** What the system watches for us, by its folder, and whether it does. */
export class Watches {
  readonly #watches = new Map<string, Watch>();
  readonly #failures = new Map<string, Failure>();
  readonly #closing = new Set<Promise<void>>();
  #missed = 0;
  #turn = 0;

  constructor(private readonly watchPaths: WatchPaths) {}

  /** Why changes may be told late, in a sentence. */
  get degraded(): string | undefined {
    const [failure] = this.#failures.values();
    if (failure) return failure.sentence;
    if (this.#missed < MANY) return undefined;
    return `${LATE}: the system does not tell of them, as on a network drive.`;
  }

  /**
   * Does nothing where the same is watched already, or could not be watched a short while ago.
   *
   * @param paths the folder, or files in it
   */
  add(folder: string, paths: readonly string[], listener: Pick<PathListener, 'wants' | 'changed'>): void {
    if (this.#failures.get(folder)?.isToBeTriedAgain === false) return;
    const before = this.#watches.get(folder);
    if (before && before.paths.join() === paths.join()) return;
    if (before) this.#end(folder, before);
    if (paths.length === 0) return;
    const watcher = this.watchPaths(paths, {
      wants: (name) => listener.wants(name),
      changed: (name) => {
        if (this.#watches.get(folder) !== watch) return;
        watch.newsAt = this.#turn;
        watch.isOverdue = false;
        this.#missed = 0;
        listener.changed(name);
      },
      failed: (error) => {
        if (this.#watches.get(folder) !== watch) return;
        this.remove(folder);
        this.#failures.set(folder, { sentence: inWords(error), isToBeTriedAgain: false });
      },
    });
    const watch: Watch = { close: () => watcher.close(), paths, newsAt: this.#turn, isOverdue: false };
    this.#watches.set(folder, watch);
  }

  remove(folder: string): void {
    this.#failures.delete(folder);
    const watch = this.#watches.get(folder);
    if (watch) this.#end(folder, watch);
  }

  #end(folder: string, watch: Watch): void {
    this.#watches.delete(folder);
    const closing = watch.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** A look found a change of what is watched. The system has told it since the look before, or will soon. */
  expectChange(folder: string): void {
    const watch = this.#watches.get(folder);
    if (watch && this.#turn - watch.newsAt > 1) watch.isOverdue = true;
  }

  /** To be called before each look at all. */
  beginTurn(): void {
    this.#turn++;
    for (const watch of this.#watches.values()) {
      if (watch.isOverdue) this.#missed++;
      watch.isOverdue = false;
    }
    for (const [folder, failure] of this.#failures) {
      // It was tried again, and did not fail.
      if (this.#watches.has(folder)) this.#failures.delete(folder);
      else if (this.#turn % AGAIN === 0) failure.isToBeTriedAgain = true;
    }
  }

  async close(): Promise<void> {
    for (const folder of [...this.#watches.keys()]) this.remove(folder);
    await Promise.all(this.#closing);
  }
}

const LATE = 'Changes of runs show up after two seconds';

function inWords(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
      return `${LATE}: the system watches no more files. Raise fs.inotify.max_user_watches, or close programs that watch many files.`;
    case 'EMFILE':
      return `${LATE}: the system watches for no more programs. Raise fs.inotify.max_user_instances, or close programs that watch files.`;
    default:
      return `${LATE}: their folders cannot be watched (${error instanceof Error ? error.message : error}).`;
  }
}
