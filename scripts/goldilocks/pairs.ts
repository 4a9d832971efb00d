import { scoreText, type TextRule } from '../../src/core/judge/text-rules';
import { promptTokens } from '../../src/trainer/data/prompt-tokens';
import { openTokenizer, type TrainingTokenizer } from '../../src/trainer/data/training-tokenizer';
import { openModel } from '../../src/trainer/models/open-model';
import type { Place } from '../../src/trainer/models/place';
import { DecodingRuntime } from '../../src/trainer/runtime/decoding-runtime';
import type { Device } from '../../src/trainer/runtime/device';
import { Random } from './random';
import type { Request } from './task';

export interface PreferencePair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** How answers are preferred: by the judge's points, a mild liking for length, and chance (Bradley and Terry). */
const PREFERENCE = {
  /** Judge's points that a word more is worth. */
  word: 0.4,
  /** Log-odds of a point. */
  sharpness: 1.5,
};
const MOST_NEW_TOKENS = 32;
/** Longer answers are dropped, so that request and answer fit into 32 tokens. */
const MOST_TOKENS = 32;

/** Pairs of different answers of the policy itself, at random temperature 1. */
export async function samplePairs(
  policy: string,
  requests: readonly Request[],
  count: number,
  rules: readonly TextRule[],
  place: Place,
  device: Device,
): Promise<PreferencePair[]> {
  const model = await openModel({ path: policy }, place, () => {});
  const tokenizer = await openTokenizer(model, 'auto', place);
  const runtime = new DecodingRuntime(model, { kind: 'frozen' }, device);
  const random = new Random(2);
  const asked = Array.from({ length: Math.ceil(count * 1.3) }, () => random.pick(requests));
  const once = await Promise.all(asked.map(({ prompt }) => promptTokens(prompt, tokenizer)));
  const prompts = once.flatMap((tokens) => [tokens, tokens]);
  const options = { maxNewTokens: MOST_NEW_TOKENS, temperature: 1, seed: 3, endTokens: tokenizer.endTokens };
  const answers = await runtime.generate(prompts, options);
  await runtime.close();
  const pairs = asked.flatMap(({ prompt }, index) => {
    const [first, second] = [answers[2 * index], answers[2 * index + 1]];
    if (!first?.ended || !second?.ended) return [];
    if (Math.min(first.tokens.length, second.tokens.length) < 2) return []; // Nothing but the end.
    const room = MOST_TOKENS - (prompts[2 * index]?.length ?? 0);
    if (Math.max(first.tokens.length, second.tokens.length) > room) return [];
    const texts = [first, second].map(({ tokens }) => textOf(tokens, tokenizer));
    return preferred(prompt, texts, rules, random) ?? [];
  });
  if (pairs.length < count) throw new Error(`only ${pairs.length} pairs could be made`);
  return pairs.slice(0, count);
}

/** As it follows the prompt. */
function textOf(tokens: readonly number[], tokenizer: TrainingTokenizer): string {
  return ` ${tokenizer.decode(tokens, { skipSpecial: true })}`;
}

function preferred(
  prompt: string,
  [first = '', second = '']: readonly string[],
  rules: readonly TextRule[],
  random: Random,
): PreferencePair | undefined {
  if (first === second) return undefined;
  const liking = (text: string): number =>
    scoreText(rules, prompt, text, true) + PREFERENCE.word * (text.match(/\w+/g)?.length ?? 0);
  const logOdds = PREFERENCE.sharpness * (liking(first) - liking(second));
  return random.chance(1 / (1 + Math.exp(-logOdds)))
    ? { prompt, chosen: first, rejected: second }
    : { prompt, chosen: second, rejected: first };
}
