import { table } from '../language/markdown';
import { fromJsonNumber, type MetricName } from './format';
import { decimal, percent, whole } from './numbers';
import type { SeenRun } from './seen-run';

interface FigureOfRun {
  readonly name: MetricName;
  readonly words: string;
  readonly unit: string;
  show(value: number): string;
}

const share = (value: number): string => percent(value).replace(' %', '');
const gigabytes = (value: number): string => decimal(value / 1e9);

/** Most important first. */
const FIGURES: readonly FigureOfRun[] = [
  { name: 'loss', words: 'loss', unit: 'nats a pair', show: (loss) => decimal(loss) },
  { name: 'log_ratio_margin', words: 'reward margin / beta', unit: 'nats', show: decimal },
  { name: 'accuracy', words: 'pairs ranked as labelled', unit: '%', show: share },
  { name: 'log_ratio_chosen', words: 'chosen, policy - reference', unit: 'nats', show: decimal },
  { name: 'log_ratio_rejected', words: 'rejected, policy - reference', unit: 'nats', show: decimal },
  { name: 'logp_chosen', words: 'log-probability of chosen', unit: 'nats', show: decimal },
  { name: 'logp_rejected', words: 'log-probability of rejected', unit: 'nats', show: decimal },
  { name: 'eos_drift', words: 'log p(end), policy - reference', unit: 'nats', show: decimal },
  { name: 'kl', words: 'KL(policy, reference)', unit: 'nats a token', show: decimal },
  { name: 'win_rate', words: 'win rate over the reference', unit: '%', show: share },
  { name: 'ended', words: 'texts that end by themselves', unit: '%', show: share },
  { name: 'reference_ended', words: 'the same, reference', unit: '%', show: share },
  { name: 'generated_length', words: 'length of a text', unit: 'tokens', show: decimal },
  { name: 'reference_generated_length', words: 'the same, reference', unit: 'tokens', show: decimal },
  { name: 'gradient_norm', words: 'gradient norm', unit: 'before clipping', show: decimal },
  { name: 'learning_rate', words: 'learning rate', unit: 'a step', show: decimal },
  { name: 'tokens_per_second', words: 'speed', unit: 'tokens a second', show: whole },
  { name: 'memory', words: 'memory of the trainer', unit: 'GB', show: gigabytes },
];

/** The newest values of a run as a Markdown table; undefined where nothing was measured yet. */
export function figuresTable(
  { train, eval: held }: Pick<SeenRun, 'train' | 'eval'>,
  figures: readonly MetricName[] = FIGURES.map(({ name }) => name),
): string | undefined {
  const rows = FIGURES.filter(({ name }) => figures.includes(name)).flatMap(({ name, words, unit, show }) => {
    const cell = (value: unknown): string => (value === undefined ? '' : show(fromJsonNumber(value)));
    const cells = [cell(train[name]), cell(held[name])];
    return cells.some(Boolean) ? [[words, ...cells, unit]] : [];
  });
  if (rows.length === 0) return undefined;
  // A column in which nothing stands is left out.
  const columns = [0, 1, 2, 3].filter((column) => rows.some((row) => row[column] !== ''));
  const of = (row: readonly string[]): string[] => columns.map((column) => row[column] ?? '');
  return table(of([':', 'training', 'held-out', ':unit']), rows.map(of));
}
