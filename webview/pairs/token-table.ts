import type { PairDetail, TokenPiece } from '../../src/core/panels/pairs-page';
import { make } from '../dom';
import { nats, signed } from './change-scale';
import { pieceName } from './piece-text';

export interface Tables {
  readonly isOpen: boolean;
  toggled(isOpen: boolean): void;
}

/** Every number of a pair as a table, made when it is unfolded: a response can have thousands of tokens. */
export function tokenTables(pair: PairDetail, { isOpen, toggled }: Tables): HTMLElement {
  const details = make(
    'details',
    { class: 'token-tables', open: isOpen },
    make('summary', {}, 'Numbers of all tokens, as tables'),
  );
  const fill = (): void => {
    const { baseline } = pair.comparison;
    if (!details.open || details.childElementCount > 1) return;
    details.append(
      make(
        'div',
        { class: 'tables' },
        table('Chosen', pair.chosen.pieces, baseline),
        table('Rejected', pair.rejected.pieces, baseline),
      ),
    );
  };
  fill();
  details.addEventListener('toggle', () => {
    fill();
    toggled(details.open);
  });
  return details;
}

function table(name: string, pieces: readonly TokenPiece[], baseline: string): HTMLElement {
  const heading = (text: string): HTMLElement => make('th', { scope: 'col' }, text);
  return make(
    'table',
    {},
    make('caption', {}, `${name}, in nats`),
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        heading('#'),
        heading('token'),
        heading('policy'),
        heading(baseline),
        heading('difference'),
      ),
    ),
    make(
      'tbody',
      {},
      ...pieces.map((piece, index) =>
        make(
          'tr',
          {},
          make('td', { class: 'number' }, String(index + 1)),
          make('th', { scope: 'row', class: 'tip-token' }, pieceName(piece)),
          make('td', { class: 'number' }, nats(piece.policy)),
          make('td', { class: 'number' }, nats(piece.baseline)),
          make('td', { class: 'number' }, signed(piece.policy - piece.baseline)),
        ),
      ),
    ),
  );
}
