import type { DataQuery, SharedPrompts } from '../../core/facts';
import { shownPath } from '../files/paths';
import { streamRows } from './all-rows';
import { promptKey } from './pair-id';
import { type Pair, pairColumns, readPair } from './pairs';

/** As many training pairs, or bytes of their files, as are read within a second or so. */
const PAIRS = 20_000;
const BYTES = 64 * 1024 * 1024;

/**
 * How many of some held-out pairs have a prompt that is among the first training pairs.
 *
 * @param files of the training data
 * @throws FileError where a file cannot be read
 */
export async function sharedPrompts(
  held: readonly Pair[],
  files: readonly string[],
  query: DataQuery,
  baseFolder: string,
): Promise<SharedPrompts> {
  const trained = new Set<string>();
  let [pairs, bytes, before] = [0, 0, 0];
  for (const file of files) {
    if (pairs >= PAIRS || before + bytes >= BYTES) break;
    before += bytes;
    bytes = 0;
    const rows = streamRows(file, shownPath(file, baseFolder), pairColumns(query.columns), (read) => {
      bytes = read;
    });
    for await (const { row } of rows) {
      const reading = readPair(row, query);
      if ('pair' in reading) {
        trained.add(promptKey(reading.pair));
        pairs++;
      }
      if (pairs >= PAIRS || before + bytes >= BYTES) break;
    }
  }
  const shared = held.filter((pair) => trained.has(promptKey(pair))).length;
  return { evalPairs: held.length, shared, trainPairs: pairs };
}
