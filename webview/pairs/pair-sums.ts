import { changeOf, marginInWords } from '../../src/core/panels/pair-lists';
import type { PairDetail, ResponseTokens } from '../../src/core/panels/pairs-page';
import { decimal } from '../../src/core/words/numbers';
import { make } from '../dom';
import { nats, signed } from './change-scale';

/** The sums of both responses, and how the margin comes of them. */
export function pairSums(pair: PairDetail): HTMLElement {
  const { chosen, rejected, margin, comparison } = pair;
  const { beta, reference, baseline, why, lengthNormalized } = comparison;
  const unit = lengthNormalized ? 'nats per token' : 'nats';
  const heading = (text: string): HTMLElement => make('th', { scope: 'col' }, text);
  const number = (text: string): HTMLElement => make('td', { class: 'number' }, text);
  const row = (name: string, response: ResponseTokens): HTMLElement =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, name),
      number(String(response.tokens)),
      number(nats(response.policy)),
      number(nats(response.reference)),
      number(signed(response.policy - response.reference)),
      why === undefined ? undefined : number(signed(changeOf(response))),
    );
  const formula = lengthNormalized
    ? 'Margin = difference / tokens of the chosen response − the same of the rejected one'
    : 'Margin = difference of the chosen response − that of the rejected one';
  return make(
    'section',
    { class: 'sums', 'aria-label': 'Sums' },
    make(
      'table',
      {},
      make('caption', {}, `Sums of log p over the tokens, in nats. Reference: ${reference}.`),
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          make('td', {}),
          heading('tokens'),
          heading('policy'),
          heading('reference'),
          heading('difference'),
          why === undefined ? undefined : heading(`moved from ${baseline}`),
        ),
      ),
      make('tbody', {}, row('Chosen', chosen), row('Rejected', rejected)),
    ),
    make(
      'p',
      { class: 'formula' },
      `${formula} = `,
      make('strong', {}, `${signed(margin)} ${unit}`),
      `. Reward margin = beta × margin = ${decimal(beta)} × ${signed(margin)} = `,
      make('strong', {}, signed(beta * margin)),
      '.',
    ),
    make('p', {}, marginInWords(pair, comparison)),
    why === undefined ? undefined : make('p', { class: 'why' }, why),
  );
}
