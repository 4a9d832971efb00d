import type { ComparedRun } from '../../src/core/panels/compare-page';
import { whole } from '../../src/core/words/numbers';
import { icon } from '../charts/icons';
import type { Connection } from '../connection';
import { make, setText } from '../dom';
import { STATE_ICONS } from '../state-icons';
import { looksOf, type RunLook } from './run-looks';

/** What of a run goes on changing while it is shown. */
interface Changing {
  readonly state: HTMLElement;
  readonly sentence: HTMLElement;
  readonly alarms: HTMLElement;
  shownAlarms: string;
}

/** The runs that are compared, with their colours, states and alarms; hides and shows them in all charts. */
export class RunList {
  readonly element = make('ul', { class: 'compared-runs', 'aria-label': 'Runs' });
  readonly #changing = new Map<string, Changing>();
  #shown = '';

  constructor(
    private readonly connection: Connection,
    private readonly hidden: Set<string>,
    private readonly changed: () => void,
  ) {}

  show(runs: readonly ComparedRun[]): void {
    const shown = JSON.stringify(runs.map(({ folder, label }) => [folder, label]));
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.element.replaceChildren(
        ...looksOf(runs).flatMap((look, index) => {
          const run = runs[index];
          return run ? [this.#item(run, look)] : [];
        }),
      );
    }
    for (const run of runs) this.#update(run);
  }

  #update({ folder, state, sentence, alarms }: ComparedRun): void {
    const known = this.#changing.get(folder);
    if (!known) return;
    if (known.state.dataset.state !== state) {
      known.state.dataset.state = state;
      known.state.replaceChildren(icon(STATE_ICONS[state]));
    }
    setText(known.sentence, sentence);
    const text = JSON.stringify(alarms);
    if (known.shownAlarms === text) return;
    known.shownAlarms = text;
    known.alarms.replaceChildren(...alarms.map(alarmItem));
  }

  #item({ folder, label }: ComparedRun, { colour, isDashed }: RunLook): HTMLElement {
    const sample = make('span', {
      class: `legend-sample ${isDashed ? 'dashed' : 'line'}`,
      'aria-hidden': 'true',
    });
    sample.style.color = `var(${colour})`;
    const box = make('input', { type: 'checkbox', checked: !this.hidden.has(folder) });
    box.addEventListener('change', () => {
      if (box.checked) this.hidden.delete(folder);
      else this.hidden.add(folder);
      this.changed();
    });
    const changing: Changing = {
      state: make('span', { class: 'state-icon' }),
      sentence: make('span', { class: 'faint' }),
      alarms: make('ul', { class: 'compared-alarms', 'aria-label': `Alarms of ${label}` }),
      shownAlarms: '',
    };
    this.#changing.set(folder, changing);
    return make(
      'li',
      {},
      make('label', {}, box, sample, make('strong', {}, label)),
      make('span', { class: 'compared-state' }, changing.state, changing.sentence),
      changing.alarms,
      this.#open(folder, label),
    );
  }

  #open(folder: string, label: string): HTMLElement | undefined {
    if (!this.connection.canOpen(folder)) return undefined;
    const open = make('button', { type: 'button', class: 'link', 'aria-label': `Open ${label}` }, 'Open');
    open.addEventListener('click', () => this.connection.do({ kind: 'open', run: folder }));
    return open;
  }
}

function alarmItem({ severity, step, short }: ComparedRun['alarms'][number]): HTMLElement {
  return make(
    'li',
    { 'data-severity': severity },
    icon(severity),
    make('span', { class: 'visually-hidden' }, `${severity}, `),
    make('span', {}, short, make('span', { class: 'faint' }, ` (step ${whole(step)})`)),
  );
}
