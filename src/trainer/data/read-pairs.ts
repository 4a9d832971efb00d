import { stat } from 'node:fs/promises';
import type { DataLayout } from '../../core/facts';
import { listed } from '../../core/words/counts';
import { type PlacedRow, streamRows } from '../../node/data/all-rows';
import { pairId } from '../../node/data/pair-id';
import {
  isEmptyPrompt,
  isEmptyResponse,
  isIdentical,
  type Pair,
  type PairReading,
  type PairSettings,
  pairColumns,
  readPair,
} from '../../node/data/pairs';
import { shownPath } from '../../node/files/paths';
import { present } from '../../node/files/present';
import { FileError } from '../../node/files/text-files';
import type { Progress } from '../models/place';
import type { LoadedPair } from './loaded-pair';
import { type LogprobColumns, readLogprobs } from './logprob-columns';

interface ReadSettings extends PairSettings {
  /** Files are named relative to it. */
  readonly baseFolder: string;
  readonly logprobs?: LogprobColumns;
  /** Pairs to read at most. */
  readonly limit?: number;
}

/** What is known when all pairs were read. */
interface ReadEnd {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the pairs of files one after the other, holding none. A pair that has nothing to compare, because its responses
 * are the same or one is empty, or that has no prompt although the config wants one, is skipped and counted; any other
 * row that is no pair is an error.
 *
 * @param progress called with bytes
 * @throws FileError, TrainingError
 */
export async function* readPairs(
  files: readonly string[],
  settings: ReadSettings,
  progress: Progress,
): AsyncGenerator<LoadedPair, ReadEnd> {
  const { columns, logprobs, limit = Number.POSITIVE_INFINITY } = settings;
  const wanted = [...pairColumns(columns)];
  if (logprobs) wanted.push(...logprobs.chosen, ...logprobs.rejected);
  const sizes = await Promise.all(files.map(fileSize));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const skipped = new SkippedRows(settings.emptyPrompts === true);
  let layout: DataLayout | undefined;
  let [row, pairs, before] = [0, 0, 0];
  for (const [index, file] of files.entries()) {
    if (pairs >= limit) break;
    const done = before;
    const rows = streamRows(file, shownPath(file, settings.baseFolder), wanted, (bytes) =>
      progress(done + bytes, total),
    );
    for await (const placed of rows) {
      row++;
      const reading = toPair(placed, settings);
      layout ??= reading.layout;
      if (skipped.takes(reading.pair, placed)) continue;
      const given = logprobs && readLogprobs(placed, logprobs);
      const { pair } = reading;
      pairs++;
      yield { id: pairId(pair), row, pair, ...present({ columns: given }) };
      if (pairs >= limit) break;
    }
    before += sizes[index] ?? 0;
  }
  return { rows: row, warnings: [...guessed(layout), ...skipped.warnings(row)] };
}

/** A prompt that was found by the name of its column alone is reported. */
function guessed(layout: DataLayout | undefined): string[] {
  if (layout?.promptColumn === undefined) return [];
  return [
    `Rows are read as ${layout.name}, from the columns ${listed(layout.columns)}: the prompt is ${layout.promptColumn}. Write data.columns.prompt to name another.`,
  ];
}

async function fileSize(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function toPair(
  { row, place }: PlacedRow,
  settings: PairSettings,
): Extract<PairReading, { readonly pair: Pair }> {
  const reading = readPair(row, settings);
  if ('pair' in reading) return reading;
  throw new FileError(
    `${place()} is no pair. ${reading.problem} Fix or remove it, or name the columns under data.columns: the row has ${Object.keys(row).join(', ') || 'none'}.`,
  );
}

/** Counts what is left out. */
class SkippedRows {
  readonly #emptyPrompts: boolean;
  #identical: Skipped = NONE;
  #empty: Skipped = NONE;
  #unasked: Skipped = NONE;

  constructor(emptyPrompts: boolean) {
    this.#emptyPrompts = emptyPrompts;
  }

  /** Whether there is nothing to compare in a pair, or nothing to answer. */
  takes(pair: Pair, { place }: PlacedRow): boolean {
    if (isEmptyResponse(pair.chosen) || isEmptyResponse(pair.rejected)) {
      this.#empty = oneMore(this.#empty, place);
      return true;
    }
    if (isIdentical(pair)) {
      this.#identical = oneMore(this.#identical, place);
      return true;
    }
    if (this.#emptyPrompts || !isEmptyPrompt(pair)) return false;
    this.#unasked = oneMore(this.#unasked, place);
    return true;
  }

  /** @param rows of which these were skipped */
  warnings(rows: number): string[] {
    const said = ({ count, first }: Skipped, why: string, advice = ''): string[] =>
      count === 0
        ? []
        : [`${count} of ${rows} rows were skipped because ${why}; the first is ${lower(first)}.${advice}`];
    return [
      ...said(this.#empty, 'a response is empty'),
      ...said(this.#identical, 'chosen and rejected are the same'),
      ...said(
        this.#unasked,
        'the prompt is empty',
        ' To train on responses without a prompt, write data.empty_prompts: true.',
      ),
    ];
  }
}

const NONE: Skipped = { count: 0, first: '' };

interface Skipped {
  readonly count: number;
  /** Place of the first. */
  readonly first: string;
}

function oneMore({ count, first }: Skipped, place: () => string): Skipped {
  return { count: count + 1, first: count === 0 ? place() : first };
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
