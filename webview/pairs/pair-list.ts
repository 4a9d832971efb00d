import type { Comparison, PairRow } from '../../src/core/panels/pairs-page';
import { make } from '../dom';
import { barScale, pairRow } from './pair-row';

/** The list of pairs. What is chosen follows the focus, which arrow keys move. */
export class PairListBox {
  readonly element = make('div', { class: 'pair-list', role: 'listbox', 'aria-label': 'Pairs' });
  #chosen = '';

  /** @param choose gets the id of the pair that is looked at */
  constructor(private readonly choose: (pair: string) => void) {
    this.element.addEventListener('click', ({ target }) => this.#choose(rowOf(target)));
    this.element.addEventListener('keydown', (event) => {
      const to = neighbour(rowOf(event.target), event.key, this.element);
      if (!to) return;
      event.preventDefault();
      to.focus();
      this.#choose(to);
    });
  }

  /** @param all pairs that the lengths of bars are measured by, whether they are shown or not */
  show(rows: readonly PairRow[], all: readonly PairRow[], comparison: Comparison, chosen: string): void {
    const hadFocus = this.element.contains(document.activeElement);
    const scale = barScale(all);
    this.element.replaceChildren(...rows.map((row) => pairRow(row, comparison, scale)));
    this.mark(chosen);
    if (hadFocus) this.element.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  /** Shows which one is chosen. */
  mark(chosen: string): void {
    this.#chosen = chosen;
    let reachable: Element | undefined;
    for (const row of this.element.children) {
      const isChosen = row instanceof HTMLElement && row.dataset.pair === chosen;
      row.setAttribute('aria-selected', String(isChosen));
      row.setAttribute('tabindex', '-1');
      if (isChosen) reachable = row;
    }
    (reachable ?? this.element.firstElementChild)?.setAttribute('tabindex', '0');
    reachable?.scrollIntoView({ block: 'nearest' });
  }

  #choose(row: HTMLElement | undefined): void {
    const pair = row?.dataset.pair;
    if (pair === undefined || pair === this.#chosen) return;
    this.mark(pair);
    this.choose(pair);
  }
}

function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('.pair-row')) || undefined;
}

function neighbour(row: HTMLElement | undefined, key: string, list: HTMLElement): HTMLElement | undefined {
  const to = {
    ArrowDown: row?.nextElementSibling,
    ArrowUp: row?.previousElementSibling,
    Home: list.firstElementChild,
    End: list.lastElementChild,
  }[key];
  return to instanceof HTMLElement ? to : undefined;
}
