import { settingsKey } from '../../core/sweeps/same-settings';
import { inBatches } from '../files/in-batches';
import { readRun, runFolderOf, runIds } from '../runs/run-store';

/** Files that are read together. */
const TOGETHER = 16;

/** What `run.json` tells of a run, which is written once. Empty for one that cannot be read: it is like no other. */
interface Origin {
  readonly settings: string;
  readonly sweep: string;
}

/** Finds runs that belong together in one data folder. */
export class SameExperiment {
  readonly #known = new Map<string, Origin>();

  constructor(private readonly dataFolder: string) {}

  /** Ids of the runs that have the settings of any of these but for beta and seed, themselves included, oldest first. */
  async idsLike(ids: readonly string[]): Promise<string[]> {
    const there = await this.#there();
    const settings = new Set(ids.flatMap((id) => this.#known.get(id)?.settings || []));
    return there.filter((id) => settings.has(this.#known.get(id)?.settings ?? ''));
  }

  /** Ids of the arms of a sweep, as they tell themselves. */
  async idsOf(sweep: string): Promise<string[]> {
    const there = await this.#there();
    return there.filter((id) => this.#known.get(id)?.sweep === sweep);
  }

  async #there(): Promise<string[]> {
    // Without the others a panel shows its own.
    const ids = await runIds(this.dataFolder).catch(() => []);
    const unknown = ids.filter((id) => !this.#known.has(id));
    await inBatches(unknown, TOGETHER, async (id) => this.#known.set(id, await this.#read(id)));
    return ids;
  }

  async #read(id: string): Promise<Origin> {
    const { run } = await readRun(runFolderOf(this.dataFolder, id), id);
    return run ? { settings: settingsKey(run), sweep: run.sweep ?? '' } : { settings: '', sweep: '' };
  }
}
