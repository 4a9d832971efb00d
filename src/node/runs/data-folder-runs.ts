import { setTimeout as delay } from 'node:timers/promises';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { KnownRuns } from './known-runs';
import { type RunsWatch, watchRuns } from './watch-runs';

/** Milliseconds between two readings, at least: a fast trainer writes many times a second. */
const PAUSE = 250;
/** Readings take no more than a tenth of the time, however many runs go on, but come at least so often. */
const SHARE = 9;
const LONGEST_PAUSE = 750;

/** Follows the runs of one data folder. */
export class DataFolderRuns {
  private readonly known: KnownRuns;
  private readonly watch: RunsWatch;
  private readonly waiting = new Set<string>();
  private isReading = false;
  private isDisposed = false;

  /** @param tell something has changed that is worth showing */
  constructor(
    readonly path: string,
    private readonly tell: () => void,
  ) {
    this.known = new KnownRuns(path);
    this.watch = watchRuns(path, (ids) => this.readSoon(ids));
  }

  get runs(): RunOverview[] {
    return this.known.runs;
  }

  get degraded(): string | undefined {
    return this.watch.degraded;
  }

  async refresh(id: string): Promise<void> {
    this.tellIf(await this.known.read([id]));
  }

  async want(ids: readonly string[]): Promise<void> {
    this.tellIf(await this.known.readDetails(ids));
  }

  dispose(): void {
    this.isDisposed = true;
    void this.watch.close();
  }

  private readSoon(ids: readonly string[]): void {
    // Only whether changes show up at once has changed.
    if (ids.length === 0) this.tellIf(true);
    for (const id of ids) this.waiting.add(id);
    if (!this.isReading) void this.readWaiting();
  }

  private async readWaiting(): Promise<void> {
    this.isReading = true;
    while (this.waiting.size > 0 && !this.isDisposed) {
      const ids = [...this.waiting];
      this.waiting.clear();
      const start = performance.now();
      this.tellIf(await this.known.read(ids));
      const pause = Math.min(LONGEST_PAUSE, Math.max(PAUSE, SHARE * (performance.now() - start)));
      await delay(pause, undefined, { ref: false });
    }
    this.isReading = false;
  }

  private tellIf(changed: boolean): void {
    if (changed && !this.isDisposed) this.tell();
  }
}
