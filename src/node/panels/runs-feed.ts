import { type RunRow, runRow } from '../../core/runs/run-row';
import type { RunOverview } from '../../core/runs/run-snapshot';
import type { Feed, Send } from './feed';

/** Whoever knows the runs already. */
export interface RunsSource {
  readonly all: readonly RunOverview[];
  /** Numbers of old runs, which are read when somebody wants to see them. */
  want(runs: readonly RunOverview[]): void;
}

/** Fills the table of all runs: each look sends the rows that are others than before. */
export class RunsFeed implements Feed {
  readonly #rows = new WeakMap<RunOverview, { readonly row: RunRow; readonly text: string }>();
  #sent: ReadonlyMap<string, string> | undefined;
  readonly #wanted = new Set<string>();

  constructor(
    private readonly source: RunsSource,
    private readonly send: Send,
  ) {}

  async refresh(): Promise<void> {
    const { all } = this.source;
    const isFirst = this.#sent === undefined;
    if (isFirst) this.send({ kind: 'page', page: { kind: 'runs', title: 'Runs' } });
    const now = new Map<string, string>();
    const changed: RunRow[] = [];
    for (const run of all) {
      const { row, text } = this.#rowOf(run);
      now.set(row.folder, text);
      if (this.#sent?.get(row.folder) !== text) changed.push(row);
    }
    const removed = [...(this.#sent?.keys() ?? [])].filter((folder) => !now.has(folder));
    this.#sent = now;
    if (isFirst || changed.length > 0 || removed.length > 0)
      this.send({ kind: 'rows', rows: changed, removed });
    // After the rows are in sight: reading numbers of thousands of runs takes seconds.
    const unread = all.filter(({ folder }) => !this.#wanted.has(folder));
    for (const { folder } of unread) this.#wanted.add(folder);
    if (unread.length > 0) this.source.want(unread);
  }

  #rowOf(run: RunOverview): { readonly row: RunRow; readonly text: string } {
    const known = this.#rows.get(run);
    if (known) return known;
    const row = runRow(run);
    const made = { row, text: JSON.stringify(row) };
    this.#rows.set(run, made);
    return made;
  }
}
