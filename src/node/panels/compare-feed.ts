import { basename } from 'node:path';
import { type ComparedFiles, comparePageOf } from '../../core/panels/compare-page';
import { inBatches } from '../in-batches';
import { isFolder } from '../paths';
import { readRun } from '../run-store';
import { CurvesFeed } from './curves-feed';
import type { Feed, Send } from './feed';

/** Runs that are read together. */
const TOGETHER = 8;

/** Follows several runs. */
export class CompareFeed implements Feed {
  readonly #curves: ReadonlyMap<string, CurvesFeed>;
  #sent = '';

  constructor(
    private readonly folders: readonly string[],
    private readonly send: Send,
  ) {
    this.#curves = new Map(folders.map((folder) => [folder, new CurvesFeed(folder, send)]));
  }

  async refresh(): Promise<void> {
    const read = await inBatches(this.folders, TOGETHER, async (folder) =>
      (await isFolder(folder)) ? readRun(folder, basename(folder)) : undefined,
    );
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
          words: `${missing.join(', ')} were deleted or moved. The list of runs shows what is there.`,
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
}
