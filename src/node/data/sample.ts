import type { DataFacts, DataQuery, ReadData } from '../../core/facts';
import type { JsonObject } from '../files/json';
import { filesKey, type Memo } from '../files/memo';
import { isFolder, shownPath } from '../files/paths';
import { present } from '../files/present';
import { FileError, fileError } from '../files/text-files';
import type { Environment } from '../hub/hub-cache';
import { findDatasetFiles } from './dataset-files';
import { NotSampled, readRows } from './first-rows';
import { type Pair, type PairColumns, readPair, responseText } from './pairs';

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
    const key = JSON.stringify([files, complete, query.columns]);
    return await samples(key, async () => ({
      ...(await readSample(found.files, looked, complete, baseFolder, query.columns)),
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
  names: PairColumns,
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
    const part = await readRows(path, name, Object.values(names), {
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
  const { pairs, ...counts } = countPairs(rows, columns, names);
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
  'format' | 'identicalPairs' | 'emptyResponses' | 'firstEmptyRow' | 'meanChosenLength' | 'meanRejectedLength'
>;

/** Rows with a response missing or of an odd type count as empty, unless the data has no such columns at all. */
function countPairs(
  rows: readonly JsonObject[],
  columns: ReadonlySet<string>,
  names: PairColumns,
): Counts & { readonly pairs: readonly Pair[] } {
  const hasResponses = columns.has(names.chosen) && columns.has(names.rejected);
  const pairs: Pair[] = [];
  let [identicalPairs, emptyResponses, chosenLength, rejectedLength] = [0, 0, 0, 0];
  let firstEmptyRow: number | undefined;
  for (const [index, row] of hasResponses ? rows.entries() : []) {
    const reading = readPair(row, names);
    const chosen = 'pair' in reading ? responseText(reading.pair.chosen) : '';
    const rejected = 'pair' in reading ? responseText(reading.pair.rejected) : '';
    if (chosen.trim() === '' || rejected.trim() === '') {
      emptyResponses++;
      firstEmptyRow ??= index + 1;
    } else if (chosen === rejected) identicalPairs++;
    if (!('pair' in reading)) continue;
    pairs.push(reading.pair);
    chosenLength += chosen.length;
    rejectedLength += rejected.length;
  }
  return {
    pairs,
    format: pairs[0]?.format ?? 'unknown',
    identicalPairs,
    emptyResponses,
    ...present({ firstEmptyRow }),
    meanChosenLength: pairs.length > 0 ? chosenLength / pairs.length : 0,
    meanRejectedLength: pairs.length > 0 ? rejectedLength / pairs.length : 0,
  };
}
