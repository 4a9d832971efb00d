import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFile } from '../../core/runs/format';
import { inBatches } from '../files/in-batches';
import { messageOf } from '../files/text-files';
import { makeDataFolder, requireOwnPlace } from '../runs/data-folder';
import { listRuns, TOGETHER } from '../runs/run-store';
import { findSources, type Source } from './find-sources';
import { importRun, isPreferenceRun, sourceKey, sourceName } from './import-run';
import { readSource, stampsOf } from './read-source';

/** What became of one run of another trainer. */
export interface Adopted {
  /** Of our run; absent where none was made. */
  readonly id?: string;
  /** The folder that the trainer wrote into. */
  readonly folder: string;
  /** Why it was not imported, or only in part, in sentences. */
  readonly problems: readonly string[];
}

/** A scan of the folders for new runs may take this share of the time. */
const SCAN_SHARE = 0.1;

/** Imports the runs that other trainers left in folders, and follows them: each call of `next` imports what is new. */
export class Adopter {
  readonly #stamps = new Map<string, string>();
  #known: Map<string, RunFile> | undefined;
  #sources: readonly Source[] = [];
  #nextScan = 0;

  /**
   * @param dataFolder absolute; made where it does not exist
   * @param folders absolute, of other trainers
   * @param versions to note in `run.json`
   */
  constructor(
    private readonly dataFolder: string,
    private readonly folders: readonly string[],
    private readonly versions: Readonly<Record<string, string>>,
  ) {}

  /**
   * The runs that are new or have changed since the last call. A run that cannot be imported says why and keeps no other.
   *
   * @throws FileError where the data folder cannot be written
   */
  async next(): Promise<Adopted[]> {
    await this.#scan();
    const found = await inBatches(this.#sources, TOGETHER, (source) => this.#import(source));
    return found.flatMap((one) => one ?? []);
  }

  async #scan(): Promise<void> {
    const start = Date.now();
    if (start < this.#nextScan) return;
    const roots = await Promise.all(this.folders.map((folder) => realpath(folder).catch(() => folder)));
    this.#sources = await findSources(roots);
    const end = Date.now();
    this.#nextScan = end + (end - start) / SCAN_SHARE;
  }

  async #import(source: Source): Promise<Adopted | undefined> {
    const key = sourceKey({ baseFolder: source.folder, name: sourceName(source) });
    try {
      const { files, stamp } = await stampsOf(source);
      if (this.#stamps.get(key) === stamp) return undefined;
      this.#stamps.set(key, stamp);
      const read = await readSource(source, files);
      if (!isPreferenceRun(read))
        return read.problems.length > 0 ? { folder: source.folder, problems: read.problems } : undefined;
      const known = await this.#runs();
      const run = await importRun(this.dataFolder, source, read, known.get(key), this.versions);
      known.set(key, run);
      return { id: run.id, folder: source.folder, problems: read.problems };
    } catch (error) {
      return { folder: source.folder, problems: [messageOf(error)] };
    }
  }

  /** What was imported before. */
  async #runs(): Promise<Map<string, RunFile>> {
    if (this.#known) return this.#known;
    requireOwnPlace(this.dataFolder);
    await makeDataFolder(this.dataFolder);
    await mkdir(join(this.dataFolder, 'runs'), { recursive: true });
    const imported = (await listRuns(this.dataFolder)).flatMap(({ run }) =>
      run?.producer.kind === 'imported' ? [run] : [],
    );
    this.#known ??= new Map(imported.map((run) => [sourceKey(run), run]));
    return this.#known;
  }
}
