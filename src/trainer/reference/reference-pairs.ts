import type { Config } from '../../core/config/config';
import type { LoadedPair } from '../data/loaded-pair';
import { type SeenPairs, seenBy } from '../data/seen-pairs';
import type { TokenizedPair } from '../data/tokenize-pairs';
import type { TextModel } from '../model-and-tokenizer';

/** The data of a config, and the models that look at it. */
export interface ReferenceData {
  readonly config: Config;
  readonly policy: TextModel;
  /** The model that `reference.policy` names; undefined for `same` and `none`. */
  readonly foreign: TextModel | undefined;
  /** To train on and held out. */
  readonly pairs: readonly LoadedPair[];
  /** The same, as the policy sees them. */
  readonly tokenized: readonly TokenizedPair[];
}

/** The pairs as the reference sees them: in its own tokens, and without the prompt where it scores so. */
export async function referencePairs({
  config,
  policy,
  foreign,
  pairs,
  tokenized,
}: ReferenceData): Promise<SeenPairs> {
  const score = config['reference.score'];
  if (!foreign && score === 'conditional') return { pairs: tokenized, warnings: [] };
  return seenBy(foreign ?? policy, pairs, config, score);
}
