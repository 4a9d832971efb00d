import type { ComparePage } from '../../src/core/panels/compare-page';
import { make } from '../dom';

/** Settings that differ, and nothing that is the same. */
export function differencesTable({ differences, runs }: ComparePage): HTMLElement {
  if (differences.length === 0)
    return make('p', { class: 'faint' }, runs.length < 2 ? '' : 'All settings are the same.');
  const head = [
    make('th', { scope: 'col' }, 'Setting'),
    ...runs.map(({ label }) => make('th', { scope: 'col' }, label)),
  ];
  const rows = differences.map(({ setting, values }) =>
    make('tr', {}, make('th', { scope: 'row' }, setting), ...values.map((value) => make('td', {}, value))),
  );
  return make(
    'div',
    { class: 'differences', role: 'region', 'aria-label': 'Settings that differ, table', tabindex: 0 },
    make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows)),
  );
}
