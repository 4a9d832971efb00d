import { countBefore } from '../../src/core/metrics/series';
import { whole } from '../../src/core/words/numbers';
import { make } from '../dom';
import type { ChartLine, XAxis } from './chart-parts';
import type { Points } from './plot/plot-curve';
import type { Span } from './plot/x-range';

/** Rows that can be read; of more, an even choice is shown. */
const ROWS = 100;

/** The same numbers as a chart's, as they were measured, newest first. */
export function chartTable(
  title: string,
  xAxis: XAxis,
  lines: readonly ChartLine[],
  visible: Span,
  words: (value: number) => string,
): HTMLElement {
  const { format = whole } = xAxis;
  const { xs, all } = rowsOf(
    lines.map(({ curve }) => curve.points),
    visible,
  );
  const rows = xs.map((x) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, format(x)),
      ...lines.map((line) => make('td', {}, cell(line, x, words))),
    ),
  );
  const note =
    all > xs.length
      ? `${whole(xs.length)} of ${whole(all)} rows, evenly chosen. Zoom in for the others.`
      : '';
  return make(
    'div',
    { class: 'chart-rows', tabindex: 0, role: 'region', 'aria-label': `${title}, table` },
    make(
      'table',
      {},
      make('caption', { class: note === '' ? 'visually-hidden' : '' }, note === '' ? title : note),
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          make('th', { scope: 'col' }, xAxis.label),
          ...lines.map(({ label }) => make('th', { scope: 'col' }, label)),
        ),
      ),
      make('tbody', {}, ...rows),
    ),
  );
}

function cell({ curve, nameOf, wordsOf }: ChartLine, x: number, words: (value: number) => string): string {
  const { steps, values } = curve.points;
  const texts: string[] = [];
  // Seeds share a beta.
  for (let index = countBefore(steps, x); steps[index] === x; index++) {
    const name = nameOf?.(index);
    const value = wordsOf?.(index) ?? words(values[index] ?? Number.NaN);
    texts.push(`${value}${name === undefined ? '' : ` (${name})`}`);
  }
  return texts.join(', ');
}

/** Places that the table has a row for, newest first, and how many there are. */
function rowsOf(
  curves: readonly Points[],
  { from, to }: Span,
): { readonly xs: number[]; readonly all: number } {
  const parts = curves.map(({ steps }) =>
    steps.subarray(countBefore(steps, from), countBefore(steps, to + 1e-9)),
  );
  const longest = Math.max(0, ...parts.map(({ length }) => length));
  if (longest <= ROWS) {
    const xs = [...new Set(parts.flatMap((part) => [...part]))].sort((a, b) => b - a);
    return { xs, all: xs.length };
  }
  // Lines with few points, such as evaluations, keep all of them.
  const chosen = parts.flatMap((part) => (part.length <= ROWS ? [...part] : evenly(part)));
  return { xs: [...new Set(chosen)].sort((a, b) => b - a), all: longest };
}

function evenly(steps: Points['steps']): number[] {
  return Array.from(
    { length: ROWS },
    (_, row) => steps[Math.round((row / (ROWS - 1)) * (steps.length - 1))] ?? 0,
  );
}
