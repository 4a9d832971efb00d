import type { ComparedRun } from '../../src/core/panels/compare-page';
import type { Connection } from '../connection';
import { make, setText } from '../dom';
import { looksOf, type RunLook } from './run-looks';

/** The runs that are compared, with their colours; hides and shows them in all charts. */
export class RunList {
  readonly element = make('ul', { class: 'compared-runs', 'aria-label': 'Runs' });
  readonly #sentences = new Map<string, HTMLElement>();
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
    for (const { folder, sentence } of runs) {
      const element = this.#sentences.get(folder);
      if (element) setText(element, sentence);
    }
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
    const sentence = make('span', { class: 'faint' });
    this.#sentences.set(folder, sentence);
    return make(
      'li',
      {},
      make('label', {}, box, sample, make('strong', {}, label)),
      sentence,
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
