import { stat } from 'node:fs/promises';
import { type PlacedRow, streamRows } from '../../node/data/all-rows';
import { type Pair, type PairColumns, readPair, responseText } from '../../node/data/pairs';
import { shownPath } from '../../node/files/paths';
import { present } from '../../node/files/present';
import { FileError } from '../../node/files/text-files';
import type { Progress } from '../models/place';
import type { LoadedPair } from './loaded-pair';
import { type LogprobColumns, readLogprobs } from './logprob-columns';
import { pairId } from './pair-id';

interface ReadSettings {
  /** Files are named relative to it. */
  readonly baseFolder: string;
  readonly columns: PairColumns;
  readonly logprobs?: LogprobColumns;
  /** Pairs to read at most. */
  readonly limit?: number;
}

interface ReadResult {
  readonly pairs: readonly LoadedPair[];
  /** Rows that were looked at. */
  readonly rows: number;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the pairs of files one after the other. A pair that has nothing to compare, because its responses are the same
 * or one is empty, is skipped and counted; any other row that is no pair is an error.
 *
 * @param progress called with bytes
 * @throws FileError, TrainingError
 */
export async function readPairs(
  files: readonly string[],
  settings: ReadSettings,
  progress: Progress,
): Promise<ReadResult> {
  const { columns, logprobs, limit = Number.POSITIVE_INFINITY } = settings;
  const wanted = [columns.prompt, columns.chosen, columns.rejected];
  if (logprobs) wanted.push(...logprobs.chosen, ...logprobs.rejected);
  const sizes = await Promise.all(files.map(fileSize));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const pairs: LoadedPair[] = [];
  const skipped = new SkippedRows();
  let [row, before] = [0, 0];
  for (const [index, file] of files.entries()) {
    if (pairs.length >= limit) break;
    const done = before;
    const rows = streamRows(file, shownPath(file, settings.baseFolder), wanted, (bytes) =>
      progress(done + bytes, total),
    );
    for await (const placed of rows) {
      row++;
      const pair = toPair(placed, columns);
      if (skipped.takes(pair, placed)) continue;
      const given = logprobs && readLogprobs(placed, logprobs);
      pairs.push({ id: pairId(pair), row, pair, ...present({ columns: given }) });
      if (pairs.length >= limit) break;
    }
    before += sizes[index] ?? 0;
  }
  return { pairs, rows: row, warnings: skipped.warnings(row) };
}

async function fileSize(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function toPair({ row, place }: PlacedRow, columns: PairColumns): Pair {
  const reading = readPair(row, columns);
  if ('pair' in reading) return reading.pair;
  throw new FileError(
    `${place()} is no pair. ${reading.problem} Mend or remove it, or name the columns under data.columns: the row has ${Object.keys(row).join(', ') || 'none'}.`,
  );
}

/** Counts what is left out. */
class SkippedRows {
  #identical: Skipped = { count: 0, first: '' };
  #empty: Skipped = { count: 0, first: '' };

  /** Whether there is nothing to compare in a pair. */
  takes(pair: Pair, { place }: PlacedRow): boolean {
    if (isEmpty(pair.chosen) || isEmpty(pair.rejected)) {
      this.#empty = oneMore(this.#empty, place);
      return true;
    }
    if (JSON.stringify(pair.chosen) !== JSON.stringify(pair.rejected)) return false;
    this.#identical = oneMore(this.#identical, place);
    return true;
  }

  /** @param rows of which these were skipped */
  warnings(rows: number): string[] {
    const told = ({ count, first }: Skipped, why: string): string[] =>
      count === 0
        ? []
        : [`${count} of ${rows} rows were skipped because ${why}; the first is ${lower(first)}.`];
    return [
      ...told(this.#empty, 'a response is empty'),
      ...told(this.#identical, 'chosen and rejected are the same'),
    ];
  }
}

interface Skipped {
  readonly count: number;
  /** Place of the first. */
  readonly first: string;
}

function oneMore({ count, first }: Skipped, place: () => string): Skipped {
  return { count: count + 1, first: count === 0 ? place() : first };
}

function isEmpty(response: Pair['chosen']): boolean {
  return responseText(response).trim() === '';
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
