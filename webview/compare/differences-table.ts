import type { ComparePage } from '../../src/core/panels/compare-page';
import { make } from '../dom';

/** Settings that differ, and nothing that is the same: a table, or a sentence where that says it all. */
export function differencesParts(page: ComparePage): HTMLElement[] {
  const { differences, differsInLabels, runs } = page;
  if (runs.length < 2) return [];
  const sentence = differences.length === 0 ? 'All settings are the same.' : differsInLabels;
  if (sentence !== '') return [make('p', { class: 'faint' }, sentence)];
  return [make('h2', {}, 'What differs'), differencesTable(page)];
}

function differencesTable({ differences, runs }: ComparePage): HTMLElement {
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
