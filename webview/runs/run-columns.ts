import type { RunRow } from '../../src/core/runs/run-row';
import { duration, percent } from '../../src/core/words/numbers';

/** A column of the table of all runs. */
export interface RunColumn {
  readonly key: string;
  readonly title: string;
  /** What stands in it, with its unit. */
  readonly about: string;
  /** Pixels. */
  readonly width: number;
  readonly isNumber: boolean;
  /** Shown until its reader chooses otherwise. */
  readonly isUsual: boolean;
  /** What rows are sorted by, and what a CSV holds. */
  value(row: RunRow): number | string;
  words(row: RunRow): string;
}

const text = (
  key: string,
  title: string,
  width: number,
  value: (row: RunRow) => string,
  about = title,
  isUsual = true,
): RunColumn => ({ key, title, about, width, isNumber: false, isUsual, value, words: value });

const number = (
  key: string,
  title: string,
  about: string,
  value: (row: RunRow) => number,
  words: (value: number) => string,
  isUsual = true,
): RunColumn => ({
  key,
  title,
  about,
  width: 86,
  isNumber: true,
  isUsual,
  value,
  words: (row) => (Number.isFinite(value(row)) ? words(value(row)) : ''),
});

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

const minus = (words: string): string => words.replace('-', '−');
const fixed = (digits: number) => (value: number) => minus(value.toFixed(digits));

export const RUN_COLUMNS: readonly RunColumn[] = [
  text('name', 'Name', 190, ({ name }) => name, 'The experiment, or the name that was given'),
  number('beta', 'Beta', 'Strength of the pull to the reference', ({ beta }) => beta, String),
  number('seed', 'Seed', 'Of the order of pairs', ({ seed }) => seed, String),
  text('state', 'State', 150, ({ state, steps }) =>
    state === 'completed' ? state : `${state} ${steps}`.trim(),
  ),
  number(
    'winRate',
    'Win rate',
    'Share of texts that the judge prefers, ties half',
    ({ winRate }) => winRate,
    percent,
  ),
  number(
    'accuracy',
    'Accuracy',
    'Share of held-out pairs ranked as labelled',
    ({ accuracy }) => accuracy,
    percent,
  ),
  number(
    'length',
    'Length',
    'Tokens of a text, times those of the reference',
    ({ lengthRatio }) => lengthRatio,
    (ratio) => `× ${ratio.toFixed(2)}`,
  ),
  number('ended', 'Ended', 'Share of texts that end by themselves', ({ ended }) => ended, percent),
  number(
    'eos',
    'EOS drift',
    'log p(end of sequence), policy minus reference, in nats',
    ({ eosDrift }) => eosDrift,
    fixed(2),
  ),
  number('kl', 'KL', 'Distance from the reference, in nats per token', ({ kl }) => kl, fixed(3)),
  text('alarms', 'Alarms', 180, ({ alarms }) => alarms),
  text('tags', 'Tags', 120, ({ tags }) => tags.join(', ')),
  text('note', 'Note', 180, ({ note }) => note),
  {
    key: 'created',
    title: 'Started',
    about: 'When it was launched',
    width: 140,
    isNumber: true,
    isUsual: true,
    value: ({ created }) => created,
    words: ({ created }) => (created === 0 ? '' : DAY.format(created)),
  },
  number('took', 'Took', 'From the first step to the last', ({ took }) => took, duration),
  number(
    'loss',
    'Loss',
    'Of the newest training step: not comparable between betas',
    ({ trainLoss }) => trainLoss,
    fixed(4),
    false,
  ),
  text('model', 'Model', 150, ({ model }) => model, 'Starting policy', false),
  text('reference', 'Reference', 150, ({ reference }) => reference, 'Reference policy', false),
  text('data', 'Data', 140, ({ data }) => data, 'Preference pairs', false),
  text('objective', 'Objective', 110, ({ loss }) => loss, 'Loss function', false),
  text('trainer', 'Trainer', 110, ({ trainer }) => trainer, 'What trained it', false),
  number(
    'rate',
    'Learning rate',
    'Highest of the schedule',
    ({ learningRate }) => learningRate,
    (rate) => rate.toExponential(1),
    false,
  ),
  text('id', 'Id', 250, ({ id }) => id, 'Name of its folder', false),
];

/** What rows can be put together by. */
export const GROUPS: readonly {
  readonly value: string;
  readonly label: string;
  of(row: RunRow): readonly string[];
}[] = [
  { value: '', label: 'Group: none', of: () => [''] },
  { value: 'experiment', label: 'Group: experiment', of: ({ experiment }) => [experiment] },
  { value: 'data', label: 'Group: data', of: ({ data }) => [data] },
  { value: 'reference', label: 'Group: reference', of: ({ reference }) => [reference] },
  { value: 'tag', label: 'Group: tag', of: ({ tags }) => (tags.length > 0 ? tags : ['no tag']) },
];

/** Rows as CSV, numbers unrounded. */
export function runsCsv(rows: readonly RunRow[], columns: readonly RunColumn[]): string {
  const cell = (value: number | string): string =>
    typeof value === 'number'
      ? Number.isFinite(value)
        ? String(value)
        : ''
      : // A spreadsheet would take a text that begins so for a formula.
        `"${(/^[=+\-@\t]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((column) => cell(column.value(row))).join(','));
  return `${[columns.map(({ key }) => key).join(','), ...lines].join('\n')}\n`;
}
