import { plain, table } from '../words/markdown';
import { decimal, percent } from '../words/numbers';
import { fromJsonNumber, type MetricName } from './format';
import type { RunOverview } from './run-snapshot';
import { otherMetrics } from './run-values';

interface FigureOfRun {
  readonly name: MetricName;
  readonly words: string;
  readonly unit: string;
  show(value: number): string;
}

const share = (value: number): string => percent(value).replace(' %', '');

/** Most important first. */
const FIGURES: readonly FigureOfRun[] = [
  { name: 'loss', words: 'loss', unit: 'nats a pair', show: (loss) => decimal(loss) },
  { name: 'log_ratio_margin', words: 'reward margin / beta', unit: 'nats', show: decimal },
  { name: 'accuracy', words: 'pairs ranked as labelled', unit: '%', show: share },
  { name: 'eos_drift', words: 'log p(end), policy - reference', unit: 'nats', show: decimal },
  { name: 'win_rate', words: 'win rate over the reference', unit: '%', show: share },
];

/** Of a trainer's own values: a tooltip is small. */
const MOST_OTHERS = 8;

/** The newest values that tell most of a run, as a Markdown table; undefined where nothing was measured yet. */
export function figuresTable({ train, eval: held }: Pick<RunOverview, 'train' | 'eval'>): string | undefined {
  const rows = FIGURES.flatMap(({ name, words, unit, show }) => {
    const cell = (value: unknown): string => (value === undefined ? '' : show(fromJsonNumber(value)));
    const cells = [cell(train[name]), cell(held[name])];
    return cells.some(Boolean) ? [[words, ...cells, unit]] : [];
  });
  const others = new Set([...otherMetrics(train), ...otherMetrics(held)].map(({ name }) => name));
  for (const name of [...others].slice(0, MOST_OTHERS)) {
    const [first, second] = [train[name], held[name]].map((value) =>
      value === undefined ? '' : decimal(fromJsonNumber(value)),
    );
    rows.push([plain(name), first ?? '', second ?? '', '']);
  }
  if (rows.length === 0) return undefined;
  // A column in which nothing stands is left out.
  const columns = [0, 1, 2, 3].filter((column) => rows.some((row) => row[column] !== ''));
  const of = (row: readonly string[]): string[] => columns.map((column) => row[column] ?? '');
  return table(of([':', 'training', 'held-out', ':unit']), rows.map(of));
}
