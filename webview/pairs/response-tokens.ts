import type { ResponseTokens, TokenPiece } from '../../src/core/panels/pairs-page';
import { make } from '../dom';
import { colourChange, signed } from './change-scale';
import { pieceName, pieceNodes } from './piece-text';

/** Shows the numbers of a token beside it. */
export interface TokenNumbers {
  show(token: HTMLElement, piece: TokenPiece, baseline: string): void;
  hide(): void;
}

/**
 * A response token by token. One token at a time can be reached by the Tab key; arrows lead to the others, up and down by
 * lines. Numbers show at the token that is focused or pointed at.
 */
export function responseTokens(
  name: string,
  { pieces, missingEnd }: ResponseTokens,
  baseline: string,
  numbers: TokenNumbers,
): HTMLElement {
  const all: readonly TokenPiece[] = missingEnd
    ? [...pieces, { text: '', isEnd: true, ...missingEnd }]
    : pieces;
  const tokens = all.map((piece, index) => {
    const change = piece.policy - piece.baseline;
    const isMissing = index === pieces.length;
    const label = `${isMissing ? 'missing ' : ''}${pieceName(piece)}, ${signed(change)} nats`;
    const token = make(
      'span',
      {
        class: 'token',
        role: 'option',
        tabindex: index === 0 ? 0 : -1,
        'aria-label': label,
        'data-index': index,
      },
      ...pieceNodes(piece),
    );
    if (piece.isEnd) {
      token.classList.add('end');
      token.append(make('span', { class: 'end-change' }, ` ${signed(change)}`));
    }
    if (isMissing) token.classList.add('missing');
    colourChange(token, change);
    return token;
  });
  const list = make(
    'div',
    {
      class: 'tokens',
      role: 'listbox',
      'aria-orientation': 'horizontal',
      'aria-label': `${name} response, ${pieces.length} tokens; arrow keys read them`,
    },
    ...tokens,
  );
  const tokenOf = (target: EventTarget | null): HTMLElement | undefined =>
    (target instanceof Element && target.closest<HTMLElement>('.token')) || undefined;
  const show = ({ target }: Event): void => {
    const token = tokenOf(target);
    const piece = token && all[Number(token.dataset.index)];
    if (token && piece) numbers.show(token, piece, baseline);
    else numbers.hide();
  };
  list.addEventListener('focusin', (event) => {
    for (const token of list.querySelectorAll('[tabindex="0"]')) token.setAttribute('tabindex', '-1');
    tokenOf(event.target)?.setAttribute('tabindex', '0');
    show(event);
  });
  list.addEventListener('focusout', () => numbers.hide());
  list.addEventListener('mouseover', show);
  list.addEventListener('mouseleave', () => numbers.hide());
  list.addEventListener('keydown', (event) => {
    const from = tokenOf(event.target);
    if (event.key === 'Escape') numbers.hide();
    const to = from && neighbour(tokens, tokens.indexOf(from), event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
  return list;
}

function neighbour(tokens: readonly HTMLElement[], from: number, key: string): HTMLElement | undefined {
  switch (key) {
    case 'ArrowRight':
      return tokens[from + 1];
    case 'ArrowLeft':
      return tokens[from - 1];
    case 'Home':
      return tokens[0];
    case 'End':
      return tokens.at(-1);
    case 'ArrowDown':
      return inLine(tokens.slice(from + 1), tokens[from], 1);
    case 'ArrowUp':
      return inLine(tokens.slice(0, from).reverse(), tokens[from], -1);
    default:
      return undefined;
  }
}

/** The token of the next line that is closest below or above. */
function inLine(
  others: readonly HTMLElement[],
  token: HTMLElement | undefined,
  direction: 1 | -1,
): HTMLElement | undefined {
  if (!token) return undefined;
  const { top, left, height } = token.getClientRects()[0] ?? token.getBoundingClientRect();
  let best: { readonly token: HTMLElement; readonly top: number; readonly distance: number } | undefined;
  for (const other of others) {
    const place = other.getClientRects()[0] ?? other.getBoundingClientRect();
    if (direction * (place.top - top) < height / 2) continue;
    if (best && Math.abs(place.top - best.top) > height / 2) break;
    const distance = Math.abs(place.left - left);
    if (!best || distance < best.distance) best = { token: other, top: place.top, distance };
  }
  return best?.token;
}
