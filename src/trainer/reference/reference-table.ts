import {
  REFERENCE_FORMAT,
  type ReferenceMeta,
  type ReferenceRow,
} from '../../core/reference/reference-format';
import type { TokenizedPair } from '../data/tokenize-pairs';
import type { Progress } from '../models/place';
import { TrainingError } from '../training-error';
import { alone } from './lock';
import type { Scorer } from './scorer';
import type { TableFiles } from './table-files';

/** Pairs that are scored and written together: what a killed process loses at most. */
const CHUNK = 32;

export interface TableWork {
  readonly about: Pick<ReferenceMeta, 'key' | 'ingredients' | 'policy' | 'score'>;
  /** As the reference sees them. */
  readonly pairs: readonly TokenizedPair[];
  openScorer(): Scorer;
}

/**
 * The rows of a table: as they are on disk where the table is complete, else computed where they are missing. Of several
 * processes that want the same table, one computes and the others wait.
 *
 * @param progress called with pairs; what it throws ends the work, and finished rows stay
 * @throws TrainingError where the reference has no finite number for a response
 */
export async function obtainRows(
  files: TableFiles,
  work: TableWork,
  progress: Progress,
): Promise<{ rows: ReadonlyMap<string, ReferenceRow>; reused: boolean }> {
  const finished = await files.completeRows();
  if (finished) return { rows: finished, reused: true };
  await files.create();
  const pairs = distinct(work.pairs);
  const waiting = async (): Promise<void> => progress((await files.rows()).size, pairs.length);
  return alone(files.lock, waiting, async (alive) => {
    const byOther = await files.completeRows();
    if (byOther) return { rows: byOther, reused: true };
    return { rows: await compute(files, pairs, work, progress, alive), reused: false };
  });
}

async function compute(
  files: TableFiles,
  pairs: readonly TokenizedPair[],
  { about, openScorer }: TableWork,
  progress: Progress,
  alive: () => Promise<void>,
): Promise<ReadonlyMap<string, ReferenceRow>> {
  const rows = await files.rows();
  const meta = { format: REFERENCE_FORMAT, ...about, pairs: pairs.length, created: Date.now() };
  files.writeMeta({ ...meta, complete: false });
  const missing = pairs.filter(({ id }) => !rows.has(id)).sort(byLength);
  progress(pairs.length - missing.length, pairs.length);
  if (missing.length > 0) {
    const table = await files.openTable();
    const scorer = openScorer();
    let done = pairs.length - missing.length;
    try {
      for (let start = 0; start < missing.length; start += CHUNK) {
        const chunk = missing.slice(start, start + CHUNK);
        const scored = await scoreChunk(chunk, scorer, (share) => {
          void alive();
          progress(done + Math.floor(share * chunk.length), pairs.length);
        });
        await table.append(scored);
        for (const row of scored) rows.set(row.pair, row);
        done += chunk.length;
        progress(done, pairs.length);
      }
    } finally {
      await table.close();
      await scorer.close();
    }
  }
  files.writeMeta({ ...meta, complete: true });
  return rows;
}

async function scoreChunk(
  pairs: readonly TokenizedPair[],
  scorer: Scorer,
  progress: (share: number) => void,
): Promise<ReferenceRow[]> {
  const sequences = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const scores = await scorer.score(sequences, (done, total) => progress(done / total));
  return pairs.map((pair, index) => {
    const [chosen, rejected] = [scores[2 * index], scores[2 * index + 1]];
    if (!chosen || !rejected)
      throw new RangeError(`${scores.length} scores for ${sequences.length} sequences`);
    const row = {
      pair: pair.id,
      chosen: chosen.logp,
      rejected: rejected.logp,
      chosenTokens: chosen.tokens,
      rejectedTokens: rejected.tokens,
      chosenEos: chosen.endLogp,
      rejectedEos: rejected.endLogp,
    };
    if (Object.values(row).some((value) => typeof value === 'number' && !Number.isFinite(value))) {
      throw new TrainingError(
        `The reference gives no finite log-probability to the pair in row ${pair.row}. Its weights are broken or overflow: fetch the model again, or name another under reference.policy.`,
      );
    }
    return row;
  });
}

/** Longest first: what does not fit into memory fails at once, and the rest goes faster than it seemed. */
function byLength(a: TokenizedPair, b: TokenizedPair): number {
  const length = ({ chosen, rejected }: TokenizedPair): number =>
    Math.max(chosen.tokens.length, rejected.tokens.length);
  return length(b) - length(a);
}

/** A pair that the data has twice is scored once. */
function distinct(pairs: readonly TokenizedPair[]): TokenizedPair[] {
  return [...new Map(pairs.map((pair) => [pair.id, pair])).values()];
}
