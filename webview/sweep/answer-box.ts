import type { PanelAction } from '../../src/core/panels/protocol';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { decimal } from '../../src/core/words/numbers';
import { type IconName, icon } from '../charts/icons';
import { button } from '../controls';
import { make, withWholeShares } from '../dom';

const ICONS: Readonly<Record<SweepPage['answer']['kind'], IconName>> = {
  decided: 'good',
  undecided: 'info',
  running: 'running',
  nothing: 'error',
};

/** What a reader has come for: the beta to take with its evidence, or what to run next, and a button that does it. */
export class AnswerBox {
  readonly element = make('section', { class: 'answer', 'aria-label': 'What the sweep says' });
  #shown = '';

  /** @param act undefined where nothing can be done */
  constructor(private readonly act: ((action: PanelAction) => void) | undefined) {}

  show({ answer, config, response }: SweepPage): void {
    const text = JSON.stringify([answer, config, response.open, response.cliff]);
    // The button keeps its focus where nothing has changed.
    if (text === this.#shown) return;
    this.#shown = text;
    this.element.className = `answer is-${answer.kind}`;
    const { next, headline, evidence } = answer;
    const { beta } = answer;
    const buttons =
      config === undefined || !this.act
        ? []
        : [
            ...(beta === undefined ? [] : [this.#useButton(beta, config, answer.kind === 'decided')]),
            ...(next && next.runs > 0 ? [this.#trainButton(next, config, answer.kind !== 'decided')] : []),
          ];
    this.element.replaceChildren(
      make('h2', {}, icon(ICONS[answer.kind]), headline),
      make('p', { class: 'evidence' }, ...withWholeShares(evidence)),
      ...(response.open ? [make('p', { class: 'zone is-plateau' }, response.open.reason)] : []),
      ...(next ? [make('p', { class: 'next' }, make('strong', {}, 'Next: '), next.words)] : []),
      ...(buttons.length > 0 ? [make('div', { class: 'buttons' }, ...buttons)] : []),
    );
  }

  #useButton(beta: number, config: string, primary: boolean): HTMLElement {
    return button({
      label: `Use beta ${decimal(beta)}`,
      title: 'Writes it into the config as objective.beta',
      primary,
      press: () => this.act?.({ kind: 'useBeta', config, beta }),
    });
  }

  #trainButton(
    { betas, seeds, runs }: NonNullable<SweepPage['answer']['next']>,
    config: string,
    primary: boolean,
  ): HTMLElement {
    return button({
      label: `Train ${runs} more ${runs === 1 ? 'run' : 'runs'}`,
      title: 'Starts these runs of the same config. Those that are there already are not trained again.',
      primary,
      press: () => this.act?.({ kind: 'sweepBeta', config, betas, seeds }),
    });
  }
}
