import { changeOf, isSaturated, rankedOf } from '../../src/core/panels/pair-lists';
import type { PairDetail, ResponseTokens } from '../../src/core/panels/pairs-page';
import { make } from '../dom';
import { changeLegend, signed } from './change-scale';
import { NumberTip } from './number-tip';
import { pairSums } from './pair-sums';
import { responseTokens } from './response-tokens';
import { type Tables, tokenTables } from './token-table';

/** One pair: what was asked, both responses token by token, and their sums. */
export function pairDetail(pair: PairDetail, tables: Tables): HTMLElement {
  const tip = new NumberTip();
  const { comparison, prompt, split, row } = pair;
  const response = (name: string, tokens: ResponseTokens): HTMLElement =>
    make(
      'section',
      { class: 'response', 'aria-label': name },
      make(
        'h3',
        {},
        name,
        make('span', { class: 'faint' }, `${signed(changeOf(tokens))} nats over ${tokens.tokens} tokens`),
      ),
      responseTokens(name, tokens, comparison.baseline, tip),
      tokens.missingEnd
        ? make(
            'p',
            { class: 'faint' },
            'The response was cut at data.max_length before its end: the end-of-sequence token shown here is no part of the sum.',
          )
        : undefined,
    );
  return make(
    'article',
    { class: 'pair', 'aria-label': `Pair ${pair.id}` },
    make(
      'h2',
      {},
      `${split === 'eval' ? 'Held-out pair' : 'Training pair'}, row ${row.toLocaleString('en-US')}`,
      ...pairBadges(pair),
    ),
    make(
      'div',
      { class: 'prompt', tabindex: 0, role: 'region', 'aria-label': 'Prompt' },
      ...prompt.flatMap(({ role, text }) => [
        role === undefined ? '' : make('span', { class: 'role' }, role),
        make('p', {}, text),
      ]),
    ),
    changeLegend(comparison.baseline),
    response('Chosen', pair.chosen),
    response('Rejected', pair.rejected),
    pairSums(pair),
    tokenTables(pair, tables),
    tip.element,
  );

  function pairBadges(scored: PairDetail): HTMLElement[] {
    const ranked = rankedOf(scored);
    return [
      make(
        'span',
        { class: `badge ${ranked}` },
        { right: '✓ ranked as labelled', wrong: '✗ ranked wrong', tie: '= tie' }[ranked],
      ),
      ...(isSaturated(scored, comparison) ? [make('span', { class: 'badge' }, 'saturated')] : []),
    ];
  }
}
