import { askedReference } from '../../core/reference/reference-asked';
import { count } from '../../core/words/counts';
import type { TokenSequence } from '../../engine/batch';
import { insideOf } from '../../node/files/own-files';
import type { TokenizedPair } from '../data/tokenize-pairs';
import type { Progress } from '../models/place';
import { TrainingError } from '../training-error';
import { ingredientsOf, referenceKey } from './key';
import { type ReferenceData, referencePairs } from './reference-pairs';
import { obtainRows } from './reference-table';
import type { OpenScorer } from './scorer';
import { TableFiles } from './table-files';

/** What the reference says of a pair. Log-probabilities in nats, summed over the tokens of a response. */
export interface ReferenceScore {
  readonly chosen: number;
  readonly rejected: number;
  /** Under the reference's tokenizer; the policy's own where no reference was asked (none, columns). At least 1. */
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
  /** log p of the end-of-sequence token after the response. 0 without a reference; NaN where the data does not tell. */
  readonly chosenEos: number;
  readonly rejectedEos: number;
}

/** By the pair's id. */
export type ReferenceTable = ReadonlyMap<string, ReferenceScore>;

export interface ReferenceRequest extends ReferenceData {
  /** Absolute: relative paths of the config start here. */
  readonly baseFolder: string;
  /** `.dpo`, absolute. */
  readonly dataFolder: string;
  readonly openScorer: OpenScorer;
}

export interface ObtainedReference {
  /** A row for each tokenized pair, but for those that the reference cannot score; they are warned of. */
  readonly table: ReferenceTable;
  /** Undefined where nothing is computed (none, columns). */
  readonly key: string | undefined;
  /** The table was complete before. */
  readonly reused: boolean;
  readonly warnings: readonly string[];
}

/**
 * The table for `reference.*`: zeros for none, the data's own numbers for columns, else from `references/<key>/` in the
 * data folder where it is complete, and computed where it is not. A computation that was cut short goes on where it
 * stopped.
 *
 * @param progress called with pairs; what it throws ends the work, and finished rows stay
 * @throws TrainingError where columns are missing or hold no finite number, or the reference has none for a response
 */
export async function obtainReference(
  request: ReferenceRequest,
  progress: Progress,
): Promise<ObtainedReference> {
  const { config, tokenized } = request;
  if (config['reference.policy'] === 'none') return without(zeros(tokenized));
  if (config['reference.logprobs'] === 'columns') return without(fromColumns(tokenized));
  return computed(request, progress);
}

async function computed(request: ReferenceRequest, progress: Progress): Promise<ObtainedReference> {
  const { config, foreign, policy, openScorer } = request;
  const reference = foreign ?? policy;
  const seen = await referencePairs(request);
  const ingredients = ingredientsOf(config, reference, seen.pairs);
  const key = referenceKey(ingredients);
  // With the policy's tokenizer they would repeat what was said of the pairs before.
  const isOther = reference.tokenizer.identity !== policy.tokenizer.identity;
  const warnings = isOther ? seen.warnings.map((warning) => `In the reference's own tokens: ${warning}`) : [];
  const files = new TableFiles(referenceFolder(request.dataFolder, key));
  const asked = Date.now();
  const { rows, reused } = await obtainRows(
    files,
    {
      about: {
        key,
        ingredients,
        policy: reference.model.name,
        score: config['reference.score'],
      },
      pairs: seen.pairs,
      openScorer: () => openScorer(reference),
    },
    progress,
  );
  await files.rememberAsked(askedReference(config, request.baseFolder), asked);
  const unscored = request.tokenized.filter(({ id }) => !rows.has(id)).length;
  if (unscored > 0) {
    warnings.push(
      `${count(unscored, 'pair')} cannot be scored by the reference within data.max_length and ${unscored === 1 ? 'is' : 'are'} left out.`,
    );
  }
  return { table: rows, key, reused, warnings };
}

export function referenceFolder(dataFolder: string, key: string): string {
  return insideOf(dataFolder, 'references', key);
}

function without(table: ReferenceTable): ObtainedReference {
  return { table, key: undefined, reused: false, warnings: [] };
}

function zeros(pairs: readonly TokenizedPair[]): ReferenceTable {
  return new Map(
    pairs.map((pair) => [
      pair.id,
      { chosen: 0, rejected: 0, ...tokensOf(pair), chosenEos: 0, rejectedEos: 0 },
    ]),
  );
}

function fromColumns(pairs: readonly TokenizedPair[]): ReferenceTable {
  return new Map(
    pairs.map((pair) => {
      const { chosen, rejected } = pair.columns ?? {};
      if (!Number.isFinite(chosen) || !Number.isFinite(rejected)) {
        throw new TrainingError(
          `Row ${pair.row} of the data has no reference log-probabilities, which reference.logprobs: columns reads from there. Complete the columns, name them under data.columns, or write reference.logprobs: compute.`,
        );
      }
      const logps = { chosen: Number(chosen), rejected: Number(rejected) };
      return [pair.id, { ...logps, ...tokensOf(pair), chosenEos: Number.NaN, rejectedEos: Number.NaN }];
    }),
  );
}

function tokensOf({ chosen, rejected }: TokenizedPair): { chosenTokens: number; rejectedTokens: number } {
  const responseTokens = ({ tokens, promptLength }: TokenSequence): number => tokens.length - promptLength;
  return { chosenTokens: responseTokens(chosen), rejectedTokens: responseTokens(rejected) };
}
