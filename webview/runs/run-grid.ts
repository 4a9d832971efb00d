import type { RunRow } from '../../src/core/runs/run-row';
import { icon } from '../charts/icons';
import { make } from '../dom';
import { STATE_ICONS } from '../state-icons';
import type { RunColumn } from './run-columns';
import type { Line } from './run-list-model';

/** Height of a line in pixels. */
const LINE = 26;
/** Lines beyond the edge that are there already when one scrolls. */
const SPARE = 12;
const CHOICE = 30;

export interface GridActions {
  open(row: RunRow): void;
  sort(key: string): void;
  fold(group: string): void;
  choose(folder: string, isChosen: boolean, toHere: boolean): void;
  /** Undefined where nothing can be chosen. */
  isChosen(folder: string): boolean;
}

/** Lines of the table, of which only those in sight exist: ten thousand runs cost no more than fifty. */
export class RunGrid {
  readonly #head = make('div', { class: 'grid-line grid-head', role: 'row' });
  readonly #space = make('div', { class: 'grid-space', role: 'presentation' });
  readonly #body = make('div', { class: 'grid-body', role: 'rowgroup' }, this.#space);
  readonly element = make(
    'div',
    { class: 'run-grid', role: 'grid', 'aria-label': 'Runs', tabindex: 0, 'aria-multiselectable': 'true' },
    make('div', { role: 'rowgroup', class: 'grid-top' }, this.#head),
    this.#body,
  );
  #lines: readonly Line[] = [];
  #columns: readonly RunColumn[] = [];
  #pinned: ReadonlySet<string> = new Set();
  #cursor = 0;
  #frame = 0;
  #drawn = '';

  constructor(private readonly actions: GridActions) {
    this.element.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#press(event));
    new ResizeObserver(() => this.#drawSoon()).observe(this.element);
  }

  show(
    lines: readonly Line[],
    columns: readonly RunColumn[],
    pinned: ReadonlySet<string>,
    sort: { readonly key: string; readonly isDescending: boolean },
  ): void {
    this.#lines = lines;
    this.#columns = columns;
    this.#pinned = pinned;
    this.#cursor = Math.min(this.#cursor, Math.max(0, lines.length - 1));
    this.#space.style.height = `${lines.length * LINE}px`;
    this.element.setAttribute('aria-rowcount', String(lines.length + 1));
    this.element.style.setProperty('--columns', columns.map(({ width }) => `${width}px`).join(' '));
    this.#makeHead(sort);
    this.#drawn = '';
    this.#draw();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  #makeHead({ key, isDescending }: { readonly key: string; readonly isDescending: boolean }): void {
    const cells = this.#columns.map((column, index) => {
      const button = make('button', { type: 'button', class: 'head', title: column.about }, column.title);
      button.addEventListener('click', () => this.actions.sort(column.key));
      const sorted = column.key === key ? (isDescending ? 'descending' : 'ascending') : undefined;
      return this.#place(
        make(
          'div',
          { role: 'columnheader', class: column.isNumber ? 'number' : '', 'aria-sort': sorted },
          button,
        ),
        index,
      );
    });
    this.#head.replaceChildren(
      make(
        'div',
        { role: 'columnheader', class: 'is-pinned' },
        make('span', { class: 'visually-hidden' }, 'Chosen'),
      ),
      ...cells,
    );
  }

  #drawSoon(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / LINE) - SPARE);
    const last = Math.min(this.#lines.length, Math.ceil((scrollTop + clientHeight) / LINE) + SPARE);
    const key = `${first} ${last} ${this.#cursor}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const parts = this.#lines.slice(first, last).map((line, at) => this.#lineOf(line, first + at));
    this.#space.replaceChildren(...parts);
  }

  #lineOf(line: Line, index: number): HTMLElement {
    const element = make('div', {
      role: 'row',
      id: `run-line-${index}`,
      class: `grid-line${index === this.#cursor ? ' is-cursor' : ''}`,
      'aria-rowindex': index + 2,
    });
    element.style.top = `${index * LINE}px`;
    if (line.kind === 'group') this.#fillGroup(element, line);
    else this.#fillRun(element, line.row);
    element.addEventListener('mousedown', () => {
      this.#cursor = index;
    });
    return element;
  }

  #fillGroup(element: HTMLElement, { name, count, isFolded }: Extract<Line, { kind: 'group' }>): void {
    element.classList.add('is-group');
    const words = `${isFolded ? '▸' : '▾'} ${name === '' ? '(none)' : name}`;
    const button = make(
      'button',
      { type: 'button', class: 'fold', 'aria-expanded': String(!isFolded), tabindex: -1 },
      words,
      make('span', { class: 'faint' }, ` ${count}`),
    );
    button.addEventListener('click', () => this.actions.fold(name));
    element.append(make('div', { role: 'gridcell', class: 'group-cell' }, button));
  }

  #fillRun(element: HTMLElement, row: RunRow): void {
    const isChosen = this.actions.isChosen(row.folder);
    element.setAttribute('aria-selected', String(isChosen));
    if (row.archived) element.classList.add('is-archived');
    const box = make('input', {
      type: 'checkbox',
      'aria-label': `Choose ${row.name}, ${row.id}`,
      checked: isChosen,
      tabindex: -1,
    });
    box.addEventListener('click', (event) => this.actions.choose(row.folder, box.checked, event.shiftKey));
    element.append(make('div', { role: 'gridcell', class: 'choice is-pinned' }, box));
    for (const [index, column] of this.#columns.entries())
      element.append(this.#place(cellOf(column, row, this.actions), index));
  }

  /** Pinned columns stay where they are while others scroll below them. */
  #place(cell: HTMLElement, index: number): HTMLElement {
    if (!this.#pinned.has(this.#columns[index]?.key ?? '')) return cell;
    const before = this.#columns.slice(0, index).reduce((sum, { width }) => sum + width, CHOICE);
    cell.classList.add('is-pinned');
    cell.style.left = `${before}px`;
    return cell;
  }

  #press(event: KeyboardEvent): void {
    if (event.target !== this.element) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / LINE) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#lines.length,
      End: this.#lines.length,
    };
    const step = steps[event.key];
    const line = this.#lines[this.#cursor];
    if (step !== undefined) this.#moveTo(this.#cursor + step);
    else if (event.key === 'Enter' && line?.kind === 'run') this.actions.open(line.row);
    else if (event.key === 'Enter' && line?.kind === 'group') this.actions.fold(line.name);
    else if (event.key === ' ' && line?.kind === 'run')
      this.actions.choose(line.row.folder, !this.actions.isChosen(line.row.folder), event.shiftKey);
    else return;
    event.preventDefault();
  }

  #moveTo(index: number): void {
    this.#cursor = Math.max(0, Math.min(this.#lines.length - 1, index));
    const top = this.#cursor * LINE;
    const { scrollTop, clientHeight } = this.element;
    const room = clientHeight - 2 * LINE;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top > scrollTop + room) this.element.scrollTop = top - room;
    this.#draw();
    this.element.setAttribute('aria-activedescendant', `run-line-${this.#cursor}`);
  }
}

function cellOf(column: RunColumn, row: RunRow, actions: GridActions): HTMLElement {
  const words = column.words(row);
  const cell = make('div', {
    role: 'gridcell',
    class: `${column.isNumber ? 'number' : ''} cell-${column.key}`,
    title: words,
  });
  if (column.key === 'name') {
    const open = make(
      'button',
      { type: 'button', class: 'link', tabindex: -1 },
      row.star ? `★ ${words}` : words,
    );
    open.addEventListener('click', () => actions.open(row));
    cell.append(open);
  } else if (column.key === 'state') {
    cell.append(
      make('span', { class: 'arm-state', 'data-state': row.state }, icon(STATE_ICONS[row.state]), words),
    );
  } else cell.append(words);
  return cell;
}
