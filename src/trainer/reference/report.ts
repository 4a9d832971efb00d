import type { ReferenceActivity, ReferenceReport } from '../../core/reference/reference-report';
import { type SummarizedResponse, summarizeReference } from '../../core/reference/reference-summary';
import type { TokenSequence } from '../../engine/batch';
import type { LoadedPair } from '../data/loaded-pair';
import { seenBy } from '../data/seen-pairs';
import type { TokenizedPair } from '../data/tokenize-pairs';
import type { Progress } from '../models/place';
import { TrainingError } from '../training-error';
import { compareWithPolicy } from './compare';
import {
  obtainReference,
  type ReferenceRequest,
  type ReferenceTable,
  referenceFolder,
} from './obtain-reference';
import { referencePairs } from './reference-pairs';

interface Subject extends Omit<ReferenceRequest, 'pairs' | 'tokenized'> {
  readonly train: readonly LoadedPair[];
  readonly eval: readonly LoadedPair[];
}

/**
 * Obtains the reference table of a config whose reference is not none, and describes it; where the reference is another
 * model, the policy scores the pairs too, and both are compared.
 */
export async function reportReference(
  { train, eval: held, ...subject }: Subject,
  progressOf: (activity: ReferenceActivity) => Progress,
): Promise<ReferenceReport> {
  const { config, policy, foreign, dataFolder } = subject;
  const pairs = [...train, ...held];
  const seen = await seenBy(policy, pairs, config, 'conditional');
  const request: ReferenceRequest = { ...subject, pairs, tokenized: seen.pairs };
  const { table, key, reused, warnings } = await obtainReference(request, progressOf('reference'));
  const isComputed = key !== undefined;
  const scored = (isComputed ? (await referencePairs(request)).pairs : seen.pairs).filter(({ id }) =>
    table.has(id),
  );
  if (scored.length === 0) {
    throw new TrainingError(
      'No pair is left that can be scored: all are longer than data.max_length allows. Raise it.',
    );
  }
  const reference = foreign ?? policy;
  const isOther = foreign !== undefined && foreign.model.identity !== policy.model.identity;
  return {
    version: 1,
    policy: reference.model.name,
    source: isComputed ? 'computed' : 'columns',
    score: config['reference.score'],
    ...(isComputed && { key, folder: referenceFolder(dataFolder, key) }),
    reused,
    trainPairs: train.length,
    evalPairs: held.length,
    summary: summarize(scored, table, isComputed ? reference.tokenizer.endToken : undefined),
    longest: scored.reduce(
      (most, { chosen, rejected }) => Math.max(most, chosen.tokens.length, rejected.tokens.length),
      0,
    ),
    ...(isComputed &&
      isOther && { compatibility: await compareWithPolicy(request, foreign, table, progressOf('policy')) }),
    warnings: [...seen.warnings, ...warnings],
  };
}

/** @param endToken of the reference; undefined where it is not known which model scored */
function summarize(
  pairs: readonly TokenizedPair[],
  table: ReferenceTable,
  endToken: number | undefined,
): ReferenceReport['summary'] {
  const response = (
    { tokens, promptLength }: TokenSequence,
    score: Omit<SummarizedResponse, 'ended'>,
  ): SummarizedResponse =>
    // A template may write more after the end-of-sequence token, such as a line break.
    endToken === undefined ? score : { ...score, ended: tokens.lastIndexOf(endToken) >= promptLength };
  return summarizeReference(
    pairs.flatMap(({ id, chosen, rejected }) => {
      const row = table.get(id);
      if (!row) return [];
      return {
        chosen: response(chosen, { logp: row.chosen, tokens: row.chosenTokens, endLogp: row.chosenEos }),
        rejected: response(rejected, {
          logp: row.rejected,
          tokens: row.rejectedTokens,
          endLogp: row.rejectedEos,
        }),
      };
    }),
  );
}
