import { aliasedMetric } from '../../core/metrics/metric-aliases';
import { canNameMetric } from '../../core/runs/format';

type Fields = Readonly<Record<string, unknown>>;

/** What was measured at a step, in our names. */
export interface RecordedLine {
  readonly step: number;
  readonly split: 'train' | 'eval';
  /** Milliseconds since 1970, where the log says it. */
  readonly time?: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What one log file says. All of it is optional: what a trainer does not log stays unknown. */
export interface Recording {
  readonly lines: readonly RecordedLine[];
  /** Settings under the trainer's own names. */
  readonly settings?: Fields;
  readonly totalSteps?: number;
  /** The newest step that is named, also where nothing was measured at it. */
  readonly step?: number;
  /** The trainer wrote its last words: it reached its end. */
  readonly isComplete?: boolean;
  readonly trainer?: string;
  /** In the form of transformers' Trainer, on which several build. */
  readonly isHuggingFace?: boolean;
  readonly version?: string;
}

export const NOTHING: Recording = { lines: [] };

/** Keys of log entries that are no measurements. */
const NO_METRICS = new Set([
  'step',
  'global_step',
  'current_steps',
  'total_steps',
  'max_steps',
  'global_step/max_steps',
  'percentage',
  'elapsed_time',
  'remaining_time',
  'total_flos',
  '_step',
  '_runtime',
  '_timestamp',
  'training_step',
]);

/**
 * The lines of one log entry: its values of training and of held-out pairs, by our names. The summary that ends a run
 * measures nothing at its step.
 *
 * @param step a whole number from 0; an entry without one gives no lines
 */
export function linesOfEntry(entry: Fields, step: unknown, time?: number): RecordedLine[] {
  if (!isStep(step) || isSummary(entry)) return [];
  const values = { train: {} as Record<string, number>, eval: {} as Record<string, number> };
  for (const [key, value] of Object.entries(entry)) {
    const number = numberOf(value);
    if (number === undefined || NO_METRICS.has(key)) continue;
    const { split, name } = aliasedMetric(key);
    // A name that an object cannot hold as its own would be lost.
    if (canNameMetric(name) && name !== '__proto__') values[split][name] = number;
  }
  const hasEval = Object.keys(values.eval).length > 0;
  // Evaluations of Hugging Face trainers carry their epoch without a prefix.
  if (hasEval && Object.keys(values.train).every((name) => name === 'epoch')) {
    values.eval = { ...values.train, ...values.eval };
    values.train = {};
  }
  return (['train', 'eval'] as const).flatMap((split) =>
    Object.keys(values[split]).length === 0
      ? []
      : [{ step, split, ...(time !== undefined && { time }), values: values[split] }],
  );
}

/** The last entry of a Hugging Face trainer: how long it took, and means over the whole run. */
export function isSummary(entry: Fields): boolean {
  return 'train_runtime' in entry;
}

export function isStep(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Numbers, and numbers as transformers 5 prints them, in quotes. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (word === 'nan') return Number.NaN;
  if (/^[+-]?inf(?:inity)?$/.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(word) ? Number(word) : undefined;
}

/**
 * One recording of several, the most exact first: a value of an earlier one counts, and a later one adds what is missing.
 */
export function mergeRecordings(recordings: readonly Recording[]): Recording {
  const lines = new Map<string, RecordedLine>();
  for (const recording of recordings) {
    for (const line of recording.lines) {
      const key = `${line.step} ${line.split}`;
      const known = lines.get(key);
      const time = known?.time ?? line.time;
      lines.set(key, {
        ...line,
        ...(time !== undefined && { time }),
        values: { ...line.values, ...known?.values },
      });
    }
  }
  const merged: Record<string, unknown> = Object.assign({}, ...recordings.toReversed());
  const settings = Object.assign({}, ...recordings.toReversed().map((one) => one.settings));
  return {
    ...merged,
    settings,
    isComplete: recordings.some(({ isComplete }) => isComplete),
    step: Math.max(0, ...recordings.map(({ step = 0 }) => step)),
    lines: [...lines.values()].sort((a, b) => a.step - b.step || (a.split < b.split ? 1 : -1)),
  };
}

/** Lines of several attempts at one run: what a later one trained again replaces what stood there. */
export class AttemptLines {
  readonly #lines = new Map<string, RecordedLine>();

  /** @param isNewAttempt the line is the first of a file or a process that may have gone back to a checkpoint */
  add(line: RecordedLine, isNewAttempt = false): void {
    if (isNewAttempt) {
      for (const [key, { step }] of this.#lines) if (step >= line.step) this.#lines.delete(key);
    }
    const key = `${line.step} ${line.split}`;
    const known = this.#lines.get(key);
    this.#lines.set(key, { ...line, values: { ...known?.values, ...line.values } });
  }

  get lines(): RecordedLine[] {
    return [...this.#lines.values()];
  }
}
