import { PAIR_ORDERS, type PairOrder } from '../../src/core/panels/pair-lists';
import type { PairSplit } from '../../src/core/panels/pairs-page';
import { dropdown } from '../controls';
import { make } from '../dom';
import type { Navigation } from './navigation';

/** Milliseconds after the last letter of a search before the list follows. */
const PAUSE = 150;

const SPLITS: Readonly<Record<PairSplit | 'all', string>> = {
  all: 'All pairs',
  eval: 'Held out',
  train: 'Training',
};

/** Which policy is inspected. */
export function checkpointChoice(
  checkpoints: readonly number[],
  chosen: number,
  choose: (checkpoint: number) => void,
): HTMLElement[] {
  const isThere = checkpoints.includes(chosen);
  const options = (isThere ? checkpoints : [...checkpoints, chosen]).toReversed().map((step) => ({
    value: String(step),
    label:
      step === 0
        ? 'starting policy'
        : `step ${step.toLocaleString('en-US')}${checkpoints.includes(step) ? '' : ' (deleted)'}`,
  }));
  return [
    make('span', { 'aria-hidden': 'true' }, 'Policy at'),
    dropdown('Policy at checkpoint', options, String(chosen), (value) => choose(Number(value))),
  ];
}

/** Order, filter and search of the list. */
export function listControls(
  { order, split, search }: Navigation,
  change: (change: Partial<Navigation>) => void,
): HTMLElement[] {
  const optionsOf = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  const field = make('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Search texts',
    'aria-label': 'Search in prompts and responses',
    value: search,
    spellcheck: 'false',
  });
  let timer = 0;
  field.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => change({ search: field.value }), PAUSE);
  });
  return [
    dropdown('Order', optionsOf(PAIR_ORDERS), order, (value) => change({ order: value as PairOrder })),
    dropdown('Pairs', optionsOf(SPLITS), split, (value) => change({ split: value as PairSplit | 'all' })),
    field,
  ];
}
