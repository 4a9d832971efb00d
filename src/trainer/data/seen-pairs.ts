import type { Config } from '../../core/config/config';
import { present } from '../../node/files/present';
import type { TextModel } from '../model-and-tokenizer';
import type { Progress } from '../models/place';
import type { LoadedPair } from './loaded-pair';
import { type TokenizedPair, tokenizePairs } from './tokenize-pairs';

export interface SeenPairs {
  readonly pairs: readonly TokenizedPair[];
  readonly warnings: readonly string[];
}

/**
 * Pairs in a model's own tokens, within the limits of the config.
 *
 * @throws TrainingError as `tokenizePairs`
 */
export async function seenBy(
  { tokenizer }: Pick<TextModel, 'tokenizer'>,
  pairs: readonly LoadedPair[],
  config: Config,
  score: Config['reference.score'],
  progress?: Progress,
): Promise<SeenPairs> {
  const settings = {
    maxLength: config['data.max_length'],
    ...present({ maxPromptLength: config['data.max_prompt_length'] }),
    truncation: config['data.truncation'],
    score,
  };
  return tokenizePairs(pairs, tokenizer, settings, progress);
}
