import { button } from '../controls';
import { make } from '../dom';
import { RUN_COLUMNS } from './run-columns';
import type { RunsChoice } from './run-list-model';

type Columns = Pick<RunsChoice, 'columns' | 'pinned'>;

/** Which columns are shown, and which of them stay in sight: a list behind a button. */
export class ColumnChoice {
  readonly #list = make('div', {
    class: 'column-list',
    hidden: true,
    role: 'group',
    'aria-label': 'Columns',
  });
  readonly element: HTMLElement;
  #columns: Columns;

  /** @param changed gets what was chosen */
  constructor({ columns, pinned }: Columns, changed: (choice: Columns) => void) {
    this.#columns = { columns, pinned };
    const toggle = button({
      label: 'Columns',
      press: () => {
        this.#list.hidden = !this.#list.hidden;
      },
    });
    this.element = make('div', { class: 'column-choice' }, toggle, this.#list);
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#list.hidden = true;
    });
    this.#list.append(
      make('div', { class: 'faint column-names' }, make('span', {}, 'Show'), make('span', {}, 'Pin')),
      ...RUN_COLUMNS.map(({ key, title, about }) => {
        const box = (of: keyof Columns, label: string) => {
          const input = make('input', {
            type: 'checkbox',
            'aria-label': label,
            checked: this.#columns[of].includes(key),
          });
          input.addEventListener('change', () => {
            const others = this.#columns[of].filter((other) => other !== key);
            this.#columns = { ...this.#columns, [of]: input.checked ? [...others, key] : others };
            changed(this.#columns);
          });
          return input;
        };
        return make(
          'div',
          { class: 'column-entry', title: about },
          make('label', {}, box('columns', `Show ${title}`), ` ${title}`),
          box('pinned', `Pin ${title}`),
        );
      }),
    );
  }
}
