import { basename } from 'node:path';
import { type ComparedFiles, comparePageOf } from '../../core/panels/compare-page';
import { listed } from '../../core/words/counts';
import { inBatches } from '../files/in-batches';
import { exists } from '../files/paths';
import { AlarmLines } from '../runs/alarm-lines';
import { readRun } from '../runs/run-store';
import { CurvesFeed } from './curves-feed';
import type { Feed, Send } from './feed';

/** Runs that are read together. */
const TOGETHER = 8;

/** Follows several runs. */
export class CompareFeed implements Feed {
  readonly #curves: ReadonlyMap<string, CurvesFeed>;
  readonly #alarms: ReadonlyMap<string, AlarmLines>;
  #sent = '';

  constructor(
    private readonly folders: readonly string[],
    private readonly send: Send,
  ) {
    this.#curves = new Map(folders.map((folder) => [folder, new CurvesFeed(folder, send)]));
    this.#alarms = new Map(folders.map((folder) => [folder, new AlarmLines(folder)]));
  }

  async refresh(): Promise<void> {
    const read = await inBatches(this.folders, TOGETHER, (folder) => this.#read(folder));
    const runs: ComparedFiles[] = read.filter((run) => run !== undefined);
    const missing = this.folders
      .filter((_, index) => read[index] === undefined)
      .map((path) => basename(path));
    if (runs.length === 0) {
      this.#sent = '';
      this.send({
        kind: 'page',
        page: {
          kind: 'gone',
          title: 'These runs are not there any more',
          words: `${listed(missing)} ${missing.length === 1 ? 'was' : 'were'} deleted or moved. The list of runs shows what is there.`,
        },
      });
      return;
    }
    const page = comparePageOf(runs, missing);
    const text = JSON.stringify(page);
    if (text !== this.#sent) this.send({ kind: 'page', page });
    this.#sent = text;
    for (const { folder } of runs) await this.#curves.get(folder)?.refresh();
  }

  async #read(folder: string): Promise<ComparedFiles | undefined> {
    if (!(await exists(folder))) return undefined;
    const lines = this.#alarms.get(folder);
    await lines?.next();
    return { ...(await readRun(folder, basename(folder))), alarms: [...(lines?.alarms ?? [])] };
  }
}
