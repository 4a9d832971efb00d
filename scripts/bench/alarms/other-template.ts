import { promptTokens } from '../../../src/trainer/data/prompt-tokens';
import { openTokenizer } from '../../../src/trainer/data/training-tokenizer';
import { openModel } from '../../../src/trainer/models/open-model';
import type { Place } from '../../../src/trainer/models/place';
import type { Device } from '../../../src/trainer/runtime/device';
import { ScoringRuntime } from '../../../src/trainer/runtime/scoring-runtime';
import type { PreferencePair } from '../../goldilocks/pairs';

const DEVICE: Device = { provider: 'cpu', profile: 'fast', threads: 1, words: 'processor' };

export interface ScoredPair extends PreferencePair {
  readonly chosen_logprob: number;
  readonly rejected_logprob: number;
}

/** Pairs with reference log-probabilities as a template gives them that begins each prompt with one token too many. */
export async function scoredWithAnotherTemplate(
  pairs: readonly PreferencePair[],
  policy: string,
  place: Place,
): Promise<ScoredPair[]> {
  const model = await openModel({ path: policy }, place, () => {});
  const tokenizer = await openTokenizer(model, 'auto', place);
  const runtime = new ScoringRuntime(model, { kind: 'frozen' }, DEVICE, tokenizer.endToken, 8);
  const prompts = await Promise.all(pairs.map(({ prompt }) => promptTokens(prompt, tokenizer)));
  const sequences = pairs.flatMap(({ prompt, chosen, rejected }, index) => {
    const before = [tokenizer.endToken, ...(prompts[index] ?? [])];
    return [chosen, rejected].map((answer) => ({
      tokens: [tokenizer.endToken, ...tokenizer.encodePlain(prompt + answer), tokenizer.endToken],
      promptLength: before.length,
    }));
  });
  const scores = await runtime.score(sequences);
  await runtime.close();
  return pairs.map((pair, index) => ({
    ...pair,
    chosen_logprob: scores[2 * index]?.logp ?? Number.NaN,
    rejected_logprob: scores[2 * index + 1]?.logp ?? Number.NaN,
  }));
}
