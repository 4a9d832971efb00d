import { familyOf } from '../../core/paper/nearest-pair';
import { type Compatibility, compareModels, type ScoredSides } from '../../core/reference/compatibility';
import { judgeCompatibility, type Verdict } from '../../core/reference/compatibility-verdict';
import type { TextModel } from '../model-and-tokenizer';
import type { Progress } from '../models/place';
import {
  obtainReference,
  type ReferenceRequest,
  type ReferenceScore,
  type ReferenceTable,
} from './obtain-reference';
import { vocabularyOverlap } from './vocabulary';

/**
 * How well another model fits as reference. The policy's scores are the table that it would be its own reference with: a
 * run with `reference.policy: same`, to compare with, finds it computed.
 *
 * @param table of the reference, for the same pairs
 */
export async function compareWithPolicy(
  request: ReferenceRequest,
  foreign: TextModel,
  table: ReferenceTable,
  progress: Progress,
): Promise<Compatibility & Verdict> {
  const { config, policy } = request;
  const own = await obtainReference(
    {
      ...request,
      config: { ...config, 'reference.policy': 'same', 'reference.score': 'conditional' },
      foreign: undefined,
    },
    progress,
  );
  const overlap = await vocabularyOverlap(policy.model.folder, foreign.model.folder);
  const comparison = compareModels({
    pairs: [...own.table].flatMap(([id, score]) => {
      const other = table.get(id);
      return other ? { policy: sidesOf(score), reference: sidesOf(other) } : [];
    }),
    policy: { name: policy.model.name, family: familyOfSpeaker(policy) },
    reference: { name: foreign.model.name, family: familyOfSpeaker(foreign) },
    betas: config['sweep.beta'] ?? [config['objective.beta']],
    byToken: config['objective.length_normalized'] || config['objective.loss'] === 'ipo',
    ...(overlap !== undefined && { tokenizerOverlap: overlap }),
  });
  return { ...comparison, ...judgeCompatibility(comparison) };
}

function sidesOf({ chosen, chosenTokens, rejected, rejectedTokens }: ReferenceScore): ScoredSides {
  return {
    chosen: { logp: chosen, tokens: chosenTokens },
    rejected: { logp: rejected, tokens: rejectedTokens },
  };
}

function familyOfSpeaker({ model }: TextModel): string | undefined {
  const architecture = model.configJson.model_type;
  return familyOf(model.name, typeof architecture === 'string' ? architecture : undefined);
}
