import type { GeneratedText } from '../core/runs/format';
import type { TrainingTokenizer } from './data/training-tokenizer';
import type { Generated } from './runtime/decoding-runtime';

/** What was generated, for people. */
export function generatedText(
  { tokens, ended }: Generated,
  tokenizer: Pick<TrainingTokenizer, 'decode'>,
): GeneratedText {
  return { text: tokenizer.decode(tokens, { skipSpecial: true }), tokens: tokens.length, ended };
}
