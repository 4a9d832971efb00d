import type { DataFacts, DataLayout, DataQuery, ReadData } from '../../core/facts';
import type { JsonObject } from '../files/json';
import { filesKey, type Memo } from '../files/memo';
import { isFolder, shownPath } from '../files/paths';
import { present } from '../files/present';
import { FileError, fileError } from '../files/text-files';
import type { Environment } from '../hub/hub-cache';
import { findDatasetFiles } from './dataset-files';
import { NotSampled, readRows } from './first-rows';
import {
  isEmptyPrompt,
  isEmptyResponse,
  isIdentical,
  type Pair,
  pairColumns,
  readPair,
  responseText,
} from './pairs';

/** A sample is bounded by pairs and by bytes of text, over all files of a data set. */
const PAIRS = 400;
const BYTES = 4 * 1024 * 1024;
/** Files looked at: each gives at least one pair, else it is broken. */
const FILES = PAIRS;

export interface Sample {
  readonly facts: DataFacts;
  readonly pairs: readonly Pair[];
  /** Changes with the files and with what was asked of them. */
  readonly key: string;
}

/** Looks at the first pairs of a data set. Never throws. */
export async function sampleData(
  query: DataQuery,
  baseFolder: string,
  env: Environment,
  samples: Memo<Sample>,
): Promise<Sample> {
  try {
    const found = await findDatasetFiles(query, baseFolder, env);
    if (!('files' in found)) return { facts: found, pairs: [], key: '' };
    const looked = found.files.slice(0, FILES);
    const files = await filesKey(baseFolder, looked);
    const complete = found.complete && looked.length === found.files.length;
    const { columns, ranked, emptyPrompts } = query;
    const key = JSON.stringify([files, complete, columns, ranked, emptyPrompts]);
    return await samples(key, async () => ({
      ...(await readSample(found.files, looked, complete, baseFolder, query)),
      key,
    }));
  } catch (error) {
    const reason = fileError(error, query.path).message;
    return {
      facts: { state: error instanceof NotSampled ? 'remote' : 'unreadable', reason },
      pairs: [],
      key: '',
    };
  }
}

async function readSample(
  files: readonly string[],
  looked: readonly string[],
  complete: boolean,
  baseFolder: string,
  query: DataQuery,
): Promise<Omit<Sample, 'key'>> {
  const rows: JsonObject[] = [];
  const columns = new Set<string>();
  let bytes = 0;
  let total: number | undefined = complete ? 0 : undefined;
  for (const path of looked) {
    if (rows.length >= PAIRS || bytes >= BYTES) {
      total = undefined;
      break;
    }
    const name = shownPath(path, baseFolder);
    if (await isFolder(path)) {
      throw new FileError(
        `${name} is a folder. Name its files, such as ${name.replace(/[\\/]$/, '')}/*.jsonl.`,
      );
    }
    const part = await readRows(path, name, pairColumns(query.columns), {
      rows: PAIRS - rows.length,
      bytes: BYTES - bytes,
    });
    for (const column of part.columns) columns.add(column);
    rows.push(...part.rows);
    bytes += part.bytes;
    total = total === undefined || part.total === undefined ? undefined : total + part.total;
  }
  if (columns.size === 0 || total === 0) {
    const name = shownPath(looked[0] ?? '', baseFolder);
    throw new FileError(
      bytes < BYTES
        ? `${name} is empty: it holds no pairs.`
        : `The first pair of ${name} does not end within 4 MB. Write each pair as one line of a .jsonl file.`,
    );
  }
  const { pairs, ...counts } = countPairs(rows, query);
  const facts: ReadData = {
    state: 'read',
    files,
    columns: [...columns],
    sampled: rows.length,
    ...present({ total }),
    ...counts,
  };
  return { facts, pairs };
}

type Counts = Pick<
  ReadData,
  | 'format'
  | 'layout'
  | 'identicalPairs'
  | 'emptyResponses'
  | 'firstEmptyRow'
  | 'emptyPrompts'
  | 'firstEmptyPromptRow'
  | 'noPairs'
  | 'meanChosenLength'
  | 'meanRejectedLength'
>;

/** Rows that are counted, and which was the first. */
class RowCount {
  rows = 0;
  first: number | undefined;

  add(row: number): void {
    this.rows++;
    this.first ??= row;
  }
}

function countPairs(
  rows: readonly JsonObject[],
  query: DataQuery,
): Counts & { readonly pairs: readonly Pair[] } {
  const pairs: Pair[] = [];
  let layout: DataLayout | undefined;
  let problem = '';
  const [identical, empty, withoutPrompt, noPair] = [0, 1, 2, 3].map(() => new RowCount()) as [
    RowCount,
    RowCount,
    RowCount,
    RowCount,
  ];
  for (const [index, row] of rows.entries()) {
    const reading = readPair(row, query);
    if (!('pair' in reading)) {
      if (noPair.rows === 0) problem = reading.problem;
      noPair.add(index + 1);
      continue;
    }
    const { pair } = reading;
    layout ??= reading.layout;
    if (isEmptyResponse(pair.chosen) || isEmptyResponse(pair.rejected)) empty.add(index + 1);
    else if (isIdentical(pair)) identical.add(index + 1);
    if (!query.emptyPrompts && isEmptyPrompt(pair)) withoutPrompt.add(index + 1);
    pairs.push(pair);
  }
  const { first } = noPair;
  return {
    pairs,
    format: pairs[0]?.format ?? 'unknown',
    identicalPairs: identical.rows,
    emptyResponses: empty.rows,
    ...(withoutPrompt.rows > 0 && { emptyPrompts: withoutPrompt.rows }),
    ...present({
      layout,
      firstEmptyRow: empty.first,
      firstEmptyPromptRow: withoutPrompt.first,
      noPairs: first === undefined ? undefined : { rows: noPair.rows, firstRow: first, problem },
    }),
    meanChosenLength: meanLength(pairs, 'chosen'),
    meanRejectedLength: meanLength(pairs, 'rejected'),
  };
}

/** Characters; 0 without pairs. */
function meanLength(pairs: readonly Pair[], side: 'chosen' | 'rejected'): number {
  const sum = pairs.reduce((total, pair) => total + responseText(pair[side]).length, 0);
  return pairs.length > 0 ? sum / pairs.length : 0;
}
