import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { make, setAttribute } from '../dom';
import { type ArmColumn, armColumns } from './arm-columns';
import { ArmRow, type RowActions } from './arm-row';

export interface Sorting {
  readonly key: string;
  readonly isDescending: boolean;
}

const FIRST: Sorting = { key: 'beta', isDescending: true };

/** The arms of a sweep, a row each. A column's head sorts by it. */
export class ArmTable {
  readonly #head = make('tr', { role: 'row' });
  readonly #body = make('tbody', { role: 'rowgroup' });
  readonly element = make(
    'div',
    { class: 'arms', role: 'region', 'aria-label': 'Arms, table', tabindex: 0 },
    // Roles are named, since a narrow panel shows rows as blocks.
    make('table', { role: 'table' }, make('thead', { role: 'rowgroup' }, this.#head), this.#body),
  );
  readonly #rows = new Map<string, ArmRow>();
  #columns: readonly ArmColumn[] = [];
  #quality = '';
  #arms: readonly SweepArm[] = [];

  /**
   * @param chosen folders of the arms that are chosen
   * @param sorted called when a column was chosen
   */
  constructor(
    private readonly actions: RowActions,
    private readonly chosen: ReadonlySet<string>,
    private readonly sorted: (sorting: Sorting) => void,
    private sorting: Sorting = FIRST,
  ) {}

  show({ arms, response }: SweepPage): void {
    this.#arms = arms;
    if (response.quality !== this.#quality) {
      this.#quality = response.quality;
      this.#columns = armColumns(response.quality);
      this.#makeHead();
    }
    const folders = new Set(arms.map(({ folder }) => folder));
    for (const folder of this.#rows.keys()) if (!folders.has(folder)) this.#rows.delete(folder);
    for (const arm of arms) this.#rowOf(arm).show(arm, this.#columns);
    this.#order();
  }

  #rowOf(arm: SweepArm): ArmRow {
    const row =
      this.#rows.get(arm.folder) ?? new ArmRow(this.#columns, this.actions, arm, this.chosen.has(arm.folder));
    this.#rows.set(arm.folder, row);
    return row;
  }

  #makeHead(): void {
    const heads = this.#columns.map(({ key, title, about, isNumber }) => {
      const button = make('button', { type: 'button', class: 'head', title: about }, title);
      button.addEventListener('click', () => this.#sortBy(key));
      return make(
        'th',
        { scope: 'col', role: 'columnheader', class: isNumber ? 'number' : key, 'data-key': key },
        button,
      );
    });
    const choice = make(
      'th',
      { scope: 'col', role: 'columnheader' },
      make('span', { class: 'visually-hidden' }, 'Compare'),
    );
    const actions = make(
      'th',
      { scope: 'col', role: 'columnheader' },
      make('span', { class: 'visually-hidden' }, 'Actions'),
    );
    this.#head.replaceChildren(...(this.actions.canChoose ? [choice] : []), ...heads, actions);
  }

  #sortBy(key: string): void {
    this.sorting = { key, isDescending: this.sorting.key === key ? !this.sorting.isDescending : false };
    this.#order();
    this.sorted(this.sorting);
  }

  #order(): void {
    const { key, isDescending } = this.sorting;
    for (const head of this.#head.children) {
      const isBy = head instanceof HTMLElement && head.dataset.key === key;
      setAttribute(head, 'aria-sort', isBy ? (isDescending ? 'descending' : 'ascending') : undefined);
    }
    const column = this.#columns.find((candidate) => candidate.key === key);
    const sorted = column ? sortedBy(this.#arms, column, isDescending) : this.#arms;
    const rows = sorted.flatMap(({ folder }) => this.#rows.get(folder)?.element ?? []);
    // What stands right is not touched: a row that is moved loses its focus.
    const isSame =
      rows.length === this.#body.children.length && rows.every((row, at) => this.#body.children[at] === row);
    if (!isSame) this.#body.replaceChildren(...rows);
  }
}

/** Stable: arms that are equal stay as they are. Those without a value come last, whichever way. */
function sortedBy(arms: readonly SweepArm[], column: ArmColumn, isDescending: boolean): SweepArm[] {
  const sign = isDescending ? -1 : 1;
  return arms.toSorted((a, b) => {
    const [first, second] = [column.sortBy(a), column.sortBy(b)];
    if (typeof first === 'string' || typeof second === 'string')
      return sign * String(first).localeCompare(String(second));
    if (Number.isNaN(first) || Number.isNaN(second))
      return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return sign * (first - second);
  });
}
