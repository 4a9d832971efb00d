import type { TokenPiece } from '../../src/core/panels/pairs-page';
import { make } from '../dom';
import { nats, signed } from './change-scale';
import { pieceName } from './piece-text';
import type { TokenNumbers } from './response-tokens';

/** The numbers of one token, beside it. What a screen reader needs of them is in the token's label and in the table. */
export class NumberTip implements TokenNumbers {
  readonly element = make('div', { class: 'number-tip', 'aria-hidden': 'true', hidden: true });

  show(token: HTMLElement, piece: TokenPiece, baseline: string): void {
    const { policy, baseline: before } = piece;
    const line = (name: string, value: number): HTMLElement =>
      make(
        'div',
        { class: 'tip-line' },
        make('span', {}, name),
        make('span', { class: 'number' }, nats(value)),
        make('span', { class: 'number faint' }, probability(value)),
      );
    this.element.replaceChildren(
      make(
        'div',
        { class: 'tip-title' },
        make('span', { class: 'tip-token' }, pieceName(piece)),
        make('span', { class: 'number' }, `${signed(policy - before)} nats`),
      ),
      line('log p, policy', policy),
      line(`log p, ${baseline}`, before),
    );
    this.element.hidden = false;
    this.#place(token);
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Below the token, or above where there is no room. */
  #place(token: HTMLElement): void {
    const { left, top, bottom } = token.getClientRects()[0] ?? token.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = bottom + 6 + height <= window.innerHeight;
    this.element.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
    this.element.style.top = `${below ? bottom + 6 : Math.max(8, top - 6 - height)}px`;
  }
}

function probability(logp: number): string {
  const percent = 100 * Math.exp(logp);
  if (percent >= 99.95) return '100 %';
  return percent >= 0.1
    ? `${percent.toPrecision(2)} %`
    : percent >= 1e-4
      ? `${percent.toPrecision(1)} %`
      : '< 0.0001 %';
}
