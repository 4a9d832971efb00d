import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../../core/runs/format';
import { isRunFile } from '../../core/runs/read-files';
import { settingsKey } from '../../core/sweeps/same-settings';
import { inBatches } from '../in-batches';
import { runFolderOf } from '../run-store';
import { readJsonObject } from '../text-files';

/** Files that are read together. */
const TOGETHER = 16;

/** Finds runs with other betas and seeds but the same settings. What a run is stands in a file that is read once. */
export class SameExperiment {
  readonly #keys = new Map<string, string>();

  constructor(private readonly dataFolder: string) {}

  /** Ids of the runs that have the settings of any of these, themselves included, oldest first. */
  async idsLike(ids: readonly string[]): Promise<string[]> {
    const names = await readdir(join(this.dataFolder, 'runs')).catch(() => []);
    // Folders that are being made or deleted have a dot before their name.
    const there = names.filter((name) => !name.startsWith('.')).sort();
    const unknown = there.filter((id) => !this.#keys.has(id));
    await inBatches(unknown, TOGETHER, async (id) => this.#keys.set(id, await this.#keyOf(id)));
    const keys = new Set(ids.flatMap((id) => this.#keys.get(id) || []));
    return there.filter((id) => keys.has(this.#keys.get(id) ?? ''));
  }

  /** Empty for a run that cannot be read: it is like no other. */
  async #keyOf(id: string): Promise<string> {
    const run = await readJsonObject(join(runFolderOf(this.dataFolder, id), RUN_FILES.run)).catch(() => ({}));
    return isRunFile(run) ? settingsKey(run) : '';
  }
}
