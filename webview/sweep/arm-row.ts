import type { RunAction } from '../../src/core/panels/run-page';
import type { SweepArm } from '../../src/core/panels/sweep-arm';
import { icon } from '../charts/icons';
import { make, setText } from '../dom';
import { STATE_ICONS } from '../state-icons';
import type { ArmColumn } from './arm-columns';
import { Sparkline } from './sparkline';

const ACTION_WORDS = { stop: 'Stop', resume: 'Resume' } as const;

export interface RowActions {
  /** Whether an arm can be chosen to be compared. */
  readonly canChoose: boolean;
  can(action: RunAction, arm: SweepArm): boolean;
  act(action: RunAction, arm: SweepArm): void;
  chosen(arm: SweepArm, isChosen: boolean): void;
}

/** One arm. Its cells stay while their words change, so that focus and selection do. */
export class ArmRow {
  readonly element = make('tr', { role: 'row' });
  readonly #cells: ReadonlyMap<string, HTMLElement>;
  readonly #beta: HTMLElement;
  readonly #spark = new Sparkline();
  readonly #margin = make('span');
  readonly #actions = make('td', { class: 'actions', role: 'cell' });
  #actionsShown = '';
  #look = '';

  constructor(
    columns: readonly ArmColumn[],
    private readonly actions: RowActions,
    arm: SweepArm,
    isChosen: boolean,
  ) {
    this.#cells = new Map(
      columns.map((column, index) => {
        const settings = { class: column.isNumber ? 'number' : column.key, 'data-title': column.title };
        const cell =
          index === 0
            ? make('th', { scope: 'row', role: 'rowheader', ...settings })
            : make('td', { role: 'cell', ...settings });
        return [column.key, cell];
      }),
    );
    this.#beta = this.#makeBeta(arm);
    this.#cells.get('beta')?.append(this.#beta);
    this.#cells
      .get('margin')
      ?.append(make('span', { class: 'margin-cell' }, this.#spark.element, this.#margin));
    if (actions.canChoose)
      this.element.append(make('td', { class: 'choice', role: 'cell' }, this.#choice(arm, isChosen)));
    this.element.append(...this.#cells.values(), this.#actions);
  }

  show(arm: SweepArm, columns: readonly ArmColumn[]): void {
    this.element.className = [
      arm.verdict === 'take this' ? 'is-recommended' : '',
      arm.verdict === 'past the cliff' ? 'is-degenerate' : '',
      arm.counts ? '' : 'is-open',
    ].join(' ');
    for (const { key, words } of columns) {
      const cell = { beta: this.#beta, margin: this.#margin }[key] ?? this.#cells.get(key);
      if (cell && words) setText(cell, words(arm));
    }
    this.#spark.show(arm.margins);
    this.#showLooks(arm);
    this.#showActions(arm);
  }

  /** What is drawn besides words, and changes seldom. */
  #showLooks(arm: SweepArm): void {
    const { state, steps, sentence, alarms, verdict, isOther } = arm;
    const look = JSON.stringify([state, steps, sentence, alarms, verdict, isOther]);
    if (look === this.#look) return;
    this.#look = look;
    this.#cells
      .get('state')
      ?.replaceChildren(
        make(
          'span',
          { class: 'arm-state', 'data-state': state, title: sentence },
          icon(STATE_ICONS[state]),
          [state, ...(steps === '' ? [] : [steps])].join(' '),
          ...(isOther ? [make('span', { class: 'faint' }, ' (other sweep)')] : []),
        ),
      );
    this.#cells.get('alarms')?.replaceChildren(...alarmParts(alarms));
    this.#cells.get('verdict')?.replaceChildren(verdict);
  }

  #showActions(arm: SweepArm): void {
    const shown = arm.actions.filter((action) => action in ACTION_WORDS && this.actions.can(action, arm));
    if (shown.join() === this.#actionsShown) return;
    this.#actionsShown = shown.join();
    const hadFocus = this.#actions.contains(document.activeElement);
    const buttons = shown.map((action) => {
      const words = ACTION_WORDS[action as keyof typeof ACTION_WORDS];
      const label = `${words} ${nameOf(arm)}`;
      const element = make('button', { type: 'button', class: 'link', 'aria-label': label }, words);
      element.addEventListener('click', () => this.actions.act(action, arm));
      return element;
    });
    this.#actions.replaceChildren(...buttons);
    if (hadFocus) buttons[0]?.focus();
  }

  /** Opens the arm, where that can be done. */
  #makeBeta(arm: SweepArm): HTMLElement {
    if (!this.actions.can('open', arm)) return make('span');
    const label = `Open ${nameOf(arm)}`;
    const open = make('button', { type: 'button', class: 'arm-open', title: label, 'aria-label': label });
    open.addEventListener('click', () => this.actions.act('open', arm));
    return open;
  }

  #choice(arm: SweepArm, isChosen: boolean): HTMLElement {
    const label = `Compare ${nameOf(arm)}`;
    const box = make('input', { type: 'checkbox', 'aria-label': label, checked: isChosen });
    box.addEventListener('change', () => this.actions.chosen(arm, box.checked));
    return box;
  }
}

/** All in short, the gravest first; their sentences on demand. */
function alarmParts(alarms: SweepArm['alarms']): HTMLElement[] {
  const [first] = alarms;
  if (!first) return [];
  const words = alarms.map(({ message }) => message).join(' ');
  return [
    make(
      'span',
      { class: `alarm is-${first.severity}`, title: words },
      icon(first.severity === 'error' ? 'error' : 'warning'),
      make('span', { 'aria-hidden': 'true' }, alarms.map(({ short }) => short).join(', ')),
      make('span', { class: 'visually-hidden' }, words),
    ),
  ];
}

/** By its id where beta and seed are not known. */
function nameOf({ id, beta, seed }: SweepArm): string {
  return Number.isNaN(beta) || Number.isNaN(seed) ? id : `beta ${beta}, seed ${seed}`;
}
