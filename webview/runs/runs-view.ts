import type { Mark, ToPanel } from '../../src/core/panels/protocol';
import { isFields } from '../../src/core/runs/read-files';
import { SEARCH_HELP } from '../../src/core/runs/run-query';
import type { RunRow } from '../../src/core/runs/run-row';
import { whole } from '../../src/core/words/numbers';
import { readTexts } from '../charts/kept-charts';
import type { Connection } from '../connection';
import { button, checkbox, dropdown } from '../controls';
import { make, setText } from '../dom';
import type { View } from '../view';
import { ColumnChoice } from './column-choice';
import { GROUPS, RUN_COLUMNS, runsCsv } from './run-columns';
import { RunGrid } from './run-grid';
import { type Line, linesOf, type RunsChoice, USUAL_CHOICE } from './run-list-model';

function readChoice(kept: unknown): RunsChoice {
  if (!isFields(kept)) return USUAL_CHOICE;
  const { search, group, sortKey, isDescending, columns, pinned, hasArchived, folded } = kept;
  const known = (keys: unknown) =>
    readTexts(keys).filter((key) => RUN_COLUMNS.some((column) => column.key === key));
  return {
    search: typeof search === 'string' ? search : '',
    group: GROUPS.some(({ value }) => value === group) ? String(group) : '',
    sortKey: typeof sortKey === 'string' ? sortKey : USUAL_CHOICE.sortKey,
    isDescending: isDescending !== false,
    columns: known(columns).length > 0 ? known(columns) : USUAL_CHOICE.columns,
    pinned: known(pinned),
    hasArchived: hasArchived === true,
    folded: readTexts(folded),
  };
}

/** All runs of the workspace: searched, sorted, put together, marked, compared. */
export class RunsView implements View {
  readonly element: HTMLElement;
  readonly #count = make('p', { class: 'faint', role: 'status' });
  readonly #actions = make('div', { class: 'buttons', role: 'toolbar', 'aria-label': 'Chosen runs' });
  readonly #grid: RunGrid;
  readonly #columns: ColumnChoice;
  readonly #rows = new Map<string, RunRow>();
  readonly #chosen = new Set<string>();
  #lines: readonly Line[] = [];
  #choice: RunsChoice;
  #last = '';

  constructor(private readonly connection: Connection) {
    this.#choice = readChoice(connection.kept);
    this.#grid = new RunGrid({
      open: ({ folder }) => connection.do({ kind: 'open', run: folder }),
      sort: (key) => {
        const { sortKey, isDescending } = this.#choice;
        // Numbers are looked at from the largest.
        const isNumber = RUN_COLUMNS.find((column) => column.key === key)?.isNumber === true;
        this.#change({ sortKey: key, isDescending: sortKey === key ? !isDescending : isNumber });
      },
      fold: (group) => {
        const { folded } = this.#choice;
        const others = folded.filter((name) => name !== group);
        this.#change({ folded: others.length < folded.length ? others : [...folded, group] });
      },
      choose: (folder, isChosen, toHere) => this.#choose(folder, isChosen, toHere),
      isChosen: (folder) => this.#chosen.has(folder),
    });
    this.#columns = new ColumnChoice(this.#choice, (choice) => this.#change(choice));
    const search = make('input', {
      type: 'search',
      class: 'search',
      'aria-label': 'Search runs',
      placeholder: 'Search: goldilocks beta:0.2 -state:failed',
      title: SEARCH_HELP,
      value: this.#choice.search,
    });
    search.addEventListener('input', () => this.#change({ search: search.value }));
    this.element = make(
      'main',
      { class: 'runs' },
      make(
        'div',
        { class: 'runs-controls' },
        search,
        dropdown('Group', GROUPS, this.#choice.group, (group) => this.#change({ group })),
        this.#columns.element,
        checkbox('Archived', this.#choice.hasArchived, (hasArchived) => this.#change({ hasArchived })),
        button({
          label: 'CSV',
          title: 'Saves what is shown as a CSV file: chosen runs, or all in the list',
          press: () => this.#export(),
        }),
        this.#count,
      ),
      this.#actions,
      this.#grid.element,
    );
  }

  receive(message: ToPanel): void {
    if (message.kind !== 'rows') return;
    for (const row of message.rows) this.#rows.set(row.folder, row);
    for (const folder of message.removed) {
      this.#rows.delete(folder);
      this.#chosen.delete(folder);
    }
    this.#show();
  }

  dispose(): void {
    this.#grid.dispose();
  }

  #change(change: Partial<RunsChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    this.connection.keep(this.#choice);
    this.#show();
  }

  #show(): void {
    const { pinned, sortKey, isDescending } = this.#choice;
    this.#lines = linesOf(this.#rows.values(), this.#choice);
    this.#grid.show(this.#lines, this.#shownColumns, new Set(pinned), { key: sortKey, isDescending });
    this.#showCount();
  }

  /** Pinned columns come first. */
  get #shownColumns() {
    const { columns, pinned } = this.#choice;
    const shown = RUN_COLUMNS.filter(({ key }) => columns.includes(key));
    return [
      ...shown.filter(({ key }) => pinned.includes(key)),
      ...shown.filter(({ key }) => !pinned.includes(key)),
    ];
  }

  #showCount(): void {
    const shown = new Set(this.#lines.flatMap((line) => (line.kind === 'run' ? [line.row.folder] : []))).size;
    const chosen = this.#chosen.size > 0 ? `, ${whole(this.#chosen.size)} chosen` : '';
    const of = shown === this.#rows.size ? '' : ` of ${whole(this.#rows.size)}`;
    setText(this.#count, `${whole(shown)}${of} ${this.#rows.size === 1 ? 'run' : 'runs'}${chosen}`);
    this.#showActions();
  }

  #showActions(): void {
    const chosen = this.#chosenRows;
    const key = JSON.stringify([chosen.length > 1, chosen.map(({ star, archived }) => [star, archived])]);
    if (this.#actions.dataset.key === key) return;
    this.#actions.dataset.key = key;
    this.#actions.hidden = chosen.length === 0;
    const runs = () => this.#chosenRows.map(({ folder }) => folder);
    const mark = (name: Mark, label: string) =>
      button({ label, press: () => this.connection.do({ kind: 'mark', mark: name, runs: runs() }) });
    this.#actions.replaceChildren(
      ...(chosen.length > 1
        ? [
            button({
              label: `Compare ${chosen.length}`,
              primary: true,
              press: () => this.connection.do({ kind: 'compare', runs: runs() }),
            }),
          ]
        : []),
      chosen.every(({ star }) => star) ? mark('unstar', 'Remove star') : mark('star', 'Star'),
      mark('tag', 'Tag...'),
      mark('note', 'Note...'),
      ...(chosen.length === 1 ? [mark('rename', 'Rename...')] : []),
      chosen.every(({ archived }) => archived)
        ? mark('unarchive', 'Take from archive')
        : mark('archive', 'Archive'),
      button({ label: 'Delete...', press: () => this.connection.do({ kind: 'deleteAll', runs: runs() }) }),
      button({ label: 'Choose none', press: () => this.#chooseNone() }),
    );
  }

  get #chosenRows(): RunRow[] {
    return [...this.#chosen].flatMap((folder) => this.#rows.get(folder) ?? []);
  }

  /** @param toHere all lines between the last one and this */
  #choose(folder: string, isChosen: boolean, toHere: boolean): void {
    const folders = this.#lines.flatMap((line) => (line.kind === 'run' ? [line.row.folder] : []));
    const [from, to] = [folders.indexOf(this.#last), folders.indexOf(folder)].sort((a, b) => a - b);
    const meant =
      toHere && from !== undefined && from >= 0 ? folders.slice(from, (to ?? from) + 1) : [folder];
    for (const one of meant)
      if (isChosen) this.#chosen.add(one);
      else this.#chosen.delete(one);
    this.#last = folder;
    this.#show();
  }

  #chooseNone(): void {
    this.#chosen.clear();
    this.#show();
  }

  #export(): void {
    const shown = this.#lines.flatMap((line) => (line.kind === 'run' ? [line.row] : []));
    const rows = this.#chosen.size > 0 ? this.#chosenRows : [...new Set(shown)];
    this.connection.do({ kind: 'saveText', name: 'runs', text: runsCsv(rows, this.#shownColumns) });
  }
}
