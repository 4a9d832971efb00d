import type { SweepPage } from '../../src/core/panels/sweep-page';
import { type RateCell, type RateMap, rateWords } from '../../src/core/sweeps/rate-map';
import { listed } from '../../src/core/words/counts';
import { decimal, percent } from '../../src/core/words/numbers';
import { make } from '../dom';

/** Win rates over beta and learning rate, of a sweep over both. */
export class RateMapTable {
  readonly #content = make('div', { class: 'rate-map-scroll' });
  readonly #lines = make('p', { class: 'faint' });
  readonly element = make(
    'section',
    { class: 'rate-map', 'aria-labelledby': 'rate-map', hidden: true },
    make('header', { class: 'section-head' }, make('h2', { id: 'rate-map' }, 'Beta by learning rate')),
    this.#content,
    this.#lines,
  );
  #shown = '';

  show({ response: { map } }: SweepPage): void {
    const shown = JSON.stringify(map ?? null);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.hidden = map === undefined;
    if (!map) return;
    this.#content.replaceChildren(tableOf(map));
    this.#lines.textContent = map.lines
      .map(
        ({ kl, points }) =>
          `KL ${decimal(kl)} nats a token: ${listed(points.map(({ beta, learningRate }) => `beta ${decimal(beta)} at ${rateWords(learningRate)}`))}.`,
      )
      .join(' ');
  }
}

function tableOf({ betas, learningRates, cells }: RateMap): HTMLElement {
  const rates = cells.flatMap(({ winRate }) => (Number.isFinite(winRate) ? [winRate] : []));
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const head = make(
    'tr',
    {},
    make('th', { scope: 'col' }, 'Beta'),
    ...learningRates.map((rate) => make('th', { scope: 'col' }, `Rate ${rateWords(rate)}`)),
  );
  const rows = betas.map((beta) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, decimal(beta)),
      ...learningRates.map((rate) => {
        const cell = cells.find((one) => one.beta === beta && one.learningRate === rate);
        return cell ? shownCell(cell, (cell.winRate - low) / (high - low || 1)) : make('td', {}, 'not tried');
      }),
    ),
  );
  return make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows));
}

/** @param share of the way from the lowest win rate to the highest */
function shownCell(
  { winRate, kl, seeds, degenerate, isTaken, isOpen }: RateCell,
  share: number,
): HTMLElement {
  const state = degenerate === undefined ? (isTaken ? 'taken' : isOpen ? 'open' : 'worse') : 'degenerate';
  const words = [
    degenerate === undefined
      ? Number.isFinite(winRate)
        ? percent(winRate)
        : 'no win rate'
      : 'past the cliff',
    ...(Number.isFinite(kl) ? [`KL ${decimal(kl)}`] : []),
    ...(isTaken ? ['take this'] : []),
  ];
  const element = make(
    'td',
    { 'data-state': state, title: degenerate ?? `${seeds} seeds, ${state}` },
    words.join(', '),
  );
  if (degenerate === undefined && Number.isFinite(share))
    element.style.setProperty('--share', share.toFixed(2));
  return element;
}
