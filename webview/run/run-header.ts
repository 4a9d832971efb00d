import type { RunAction, RunPage } from '../../src/core/panels/run-page';
import { isLive } from '../../src/core/runs/liveness';
import { decimal, percent } from '../../src/core/words/numbers';
import { icon } from '../charts/icons';
import type { Connection } from '../connection';
import { button } from '../controls';
import { make, setAttribute, setText } from '../dom';
import { STATE_ICONS } from '../state-icons';
import { runHealth } from './run-health';

const BUTTONS: Readonly<Partial<Record<RunAction, string>>> = {
  resume: 'Resume',
  stop: 'Stop',
  inspect: 'Inspect pairs',
  showDifference: 'What differs',
  report: 'Report',
  showLog: 'Show log',
  reveal: 'Show folder',
  delete: 'Delete',
};

/** How a run is, and what can be done with it. */
export class RunHeader {
  readonly #title = make('h1');
  readonly #buttons = make('div', { class: 'run-buttons', role: 'toolbar', 'aria-label': 'Run' });
  readonly #state = make('p', { class: 'run-state' });
  readonly #health = make('p', { class: 'run-health' });
  readonly #bar = make('div');
  readonly #progress = make(
    'div',
    { class: 'run-progress', role: 'progressbar', 'aria-label': 'Steps', 'aria-valuemin': 0, hidden: true },
    this.#bar,
  );
  readonly #next = make('p', { class: 'run-next' });
  readonly #facts = make('dl', { class: 'run-facts' });
  readonly element = make(
    'header',
    { class: 'run-header' },
    make('div', { class: 'run-title' }, this.#title, this.#buttons),
    this.#state,
    this.#health,
    this.#progress,
    this.#next,
    this.#facts,
  );
  #shown = '';
  #factsShown = '';

  constructor(private readonly connection: Connection) {}

  show(page: RunPage): void {
    setText(this.#title, page.title);
    this.#showState(page);
    this.#showHealth(page);
    this.#showProgress(page);
    setText(this.#next, page.next);
    setAttribute(this.#next, 'data-state', page.state);
    this.#showFacts(page);
    this.#showButtons(page);
  }

  /** Made anew only where they are others: what is pointed at or marked stays. */
  #showFacts({ facts }: RunPage): void {
    const shown = facts.filter(({ label }) => label !== 'beta');
    const text = JSON.stringify(shown);
    if (text === this.#factsShown) return;
    this.#factsShown = text;
    this.#facts.replaceChildren(
      ...shown.map(({ label, value, more }) =>
        make('div', { title: more }, make('dt', {}, label), make('dd', {}, value)),
      ),
    );
  }

  #showState({ state, sentence }: RunPage): void {
    if (this.#state.dataset.state !== state || this.#state.childElementCount === 0) {
      this.#state.dataset.state = state;
      this.#state.replaceChildren(icon(STATE_ICONS[state]), make('span'));
    }
    const [, words] = this.#state.children;
    if (words) setText(words, sentence);
  }

  /** A run may complete and have gone wrong all the same. */
  #showHealth(page: RunPage): void {
    const { words, icon: name } = runHealth(page);
    if (this.#health.textContent === words) return;
    this.#health.dataset.state = name;
    this.#health.replaceChildren(...(words === '' ? [] : [icon(name), make('span', {}, words)]));
  }

  #showProgress({ step, totalSteps, state }: RunPage): void {
    this.#progress.hidden = totalSteps === undefined || (!isLive(state) && step >= totalSteps);
    const share = Math.min(1, step / Math.max(1, totalSteps ?? 1));
    this.#bar.style.width = `${100 * share}%`;
    this.#progress.dataset.state = state;
    setAttribute(this.#progress, 'aria-valuenow', step);
    setAttribute(this.#progress, 'aria-valuemax', totalSteps);
    setAttribute(this.#progress, 'aria-valuetext', `${percent(share)}, step ${decimal(step)}`);
  }

  /** Made anew only where others are there, so that the one with the focus keeps it. */
  #showButtons({ actions, folder, sweep, config, step }: RunPage): void {
    if (!this.connection.isLive) return;
    const shown = JSON.stringify([actions, sweep, config, step === 0]);
    if (this.#shown === shown) return;
    this.#shown = shown;
    const kinds = Object.entries(BUTTONS) as [RunAction, string][];
    const buttons = kinds
      .filter(([kind]) => actions.includes(kind))
      .map(([kind, label]) =>
        button({
          label: kind === 'resume' && step === 0 ? 'Retry' : label,
          primary: kind === 'resume',
          press: () => this.connection.do({ kind, run: folder }),
        }),
      );
    const toSweep =
      sweep === undefined
        ? []
        : [button({ label: 'Open sweep', press: () => this.connection.do({ kind: 'openSweep', sweep }) })];
    const toConfig =
      config === undefined
        ? []
        : [
            button({
              label: 'Open config',
              press: () => this.connection.do({ kind: 'openConfig', file: config }),
            }),
          ];
    this.#buttons.replaceChildren(...toSweep, ...toConfig, ...buttons);
  }
}
