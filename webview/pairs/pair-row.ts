import { changeOf, isSaturated, rankedOf } from '../../src/core/panels/pair-lists';
import type { Comparison, PairRow } from '../../src/core/panels/pairs-page';
import { whole } from '../../src/core/words/numbers';
import { make } from '../dom';
import { signed } from './change-scale';

/** The range of the bars, in nats; 0 lies in it. */
export interface BarScale {
  readonly lowest: number;
  readonly highest: number;
}

/** One scale for all pairs of a list, so that their bars compare. */
export function barScale(rows: readonly PairRow[]): BarScale {
  const changes = rows.flatMap(({ chosen, rejected }) => [changeOf(chosen), changeOf(rejected)]);
  const [lowest, highest] = [Math.min(0, ...changes), Math.max(0, ...changes)];
  return lowest === highest ? { lowest: -1, highest: 1 } : { lowest, highest };
}

/** A pair in the list: how far both responses moved, as bars, what was asked, and the margin. */
export function pairRow(row: PairRow, comparison: Comparison, scale: BarScale): HTMLElement {
  const { id, split, chosen, rejected, margin, prompt } = row;
  const ranked = rankedOf(row);
  const saturated = isSaturated(row, comparison);
  const asked = prompt.replaceAll(/\s+/g, ' ').trim();
  const unit = comparison.lengthNormalized ? 'nats per token' : 'nats';
  const spoken = [
    asked,
    split === 'eval' ? 'held out' : 'training',
    `margin ${signed(margin)} ${unit}`,
    `chosen moved ${signed(changeOf(chosen))} nats, rejected ${signed(changeOf(rejected))} nats`,
    ranked === 'wrong' ? 'ranked wrong' : undefined,
    saturated ? 'saturated' : undefined,
    `${chosen.tokens} and ${rejected.tokens} tokens`,
  ];
  return make(
    'div',
    {
      class: 'pair-row',
      role: 'option',
      id: `pair-${id}`,
      'data-pair': id,
      'aria-selected': 'false',
      tabindex: -1,
      'aria-label': spoken.filter((part) => part !== undefined).join(', '),
    },
    make(
      'span',
      { class: 'bars', 'aria-hidden': 'true' },
      bar(changeOf(chosen), scale),
      bar(changeOf(rejected), scale),
    ),
    make('span', { class: 'asked' }, asked),
    make('span', { class: 'margin' }, signed(margin)),
    make(
      'span',
      {
        class: 'facts',
        title: 'Where it stands in the data; tokens of the chosen and the rejected response',
      },
      ranked === 'wrong' ? make('span', { class: 'wrong' }, '✗ wrong · ') : undefined,
      saturated ? 'saturated · ' : undefined,
      `${split === 'eval' ? 'held out' : 'training'} row ${whole(row.row)} · ${chosen.tokens}/${rejected.tokens} tokens`,
    ),
  );
}

/** From 0 to the right for likelier, to the left for less likely. */
function bar(change: number, { lowest, highest }: BarScale): HTMLElement {
  const filled = make('span', { class: 'bar-filled' });
  const share = (nats: number): string => `${((100 * (nats - lowest)) / (highest - lowest)).toFixed(1)}%`;
  filled.style.left = share(Math.min(0, change));
  filled.style.right = `calc(100% - ${share(Math.max(0, change))})`;
  filled.classList.add(change > 0 ? 'right' : 'left');
  const line = make('span', { class: 'bar-line' }, filled);
  line.style.setProperty('--zero', share(0));
  return line;
}
