import { describe, expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import type { Tuning } from '../../src/engine/model/layout';
import { DecodingRuntime, type GenerateOptions } from '../../src/trainer/runtime/decoding-runtime';
import { promptSeeds, Sampler } from '../../src/trainer/runtime/sampling';
import { ScoringRuntime } from '../../src/trainer/runtime/scoring-runtime';
import { Random } from '../engine/support/random';
import { FROZEN, FULL, LORA } from '../engine/support/tiny-model';
import { temporaryFolder } from '../support/temporary-folder';
import { CPU, END, randomWeights, startOf, writeModel } from './support/runtime-model';

const weights = randomWeights({ architectures: ['Qwen2ForCausalLM'] });
const model = writeModel(temporaryFolder(), weights);
const VOCABULARY = [...Array(model.config.vocabularySize).keys()];

const random = new Random(3);
const PROMPTS = [5, 1, 120, 30, 66].map((length) => [1, ...random.integers(length - 1, 3, 12)]);
const GREEDY: GenerateOptions = { maxNewTokens: 40, temperature: 0, seed: 1, endTokens: new Set() };

async function generate(
  prompts: readonly (readonly number[])[],
  options: GenerateOptions,
  tuning: Tuning = FROZEN,
  parameters?: Float32Array,
) {
  const runtime = new DecodingRuntime(model, tuning, CPU);
  const answers = await runtime.generate(prompts, options, parameters);
  await runtime.close();
  return answers;
}

/** Log p of each token of the vocabulary after a text, from the whole text at once. */
async function nextLogps(text: readonly number[], tuning: Tuning, parameters?: Float32Array) {
  const runtime = new ScoringRuntime(model, tuning, CPU, END, VOCABULARY.length);
  const scores = await runtime.score(
    VOCABULARY.map((token) => ({ tokens: [...text, token], promptLength: text.length })),
    parameters,
  );
  await runtime.close();
  return scores.map(({ tokenLogps }) => at(tokenLogps, 0));
}

describe('greedy decoding', () => {
  it.each([
    ['the model as stored', FROZEN],
    ['an adapter', LORA],
    ['all weights', FULL],
  ] as const)('takes the likeliest token at each position: %s', async (_, tuning) => {
    const parameters = startOf(weights, tuning, 0.3);
    const answers = await generate(PROMPTS, GREEDY, tuning, parameters);
    for (const [index, { tokens, ended }] of answers.entries()) {
      expect([tokens.length, ended]).toEqual([40, false]);
      // The cache of the longest prompt grows at its 9th new token.
      for (const position of [0, 1, 8, 9, 39]) {
        const text = [...at(PROMPTS, index), ...tokens.slice(0, position)];
        const logps = await nextLogps(text, tuning, parameters);
        expect(at(logps, at(tokens, position))).toBeGreaterThan(Math.max(...logps) - 1e-4);
      }
    }
  });

  it('stops at any end token and keeps it, while others go on', async () => {
    const [whole] = await generate([at(PROMPTS, 0)], GREEDY);
    const end = whole?.tokens.find(
      (token, index) => index > 1 && !whole.tokens.slice(0, index).includes(token),
    );
    const endTokens = new Set([end ?? 0, 99]);
    const answers = await generate(PROMPTS, { ...GREEDY, endTokens });
    const position = whole?.tokens.indexOf(end ?? 0) ?? 0;
    expect(at(answers, 0)).toEqual({ tokens: whole?.tokens.slice(0, position + 1), ended: true });
    for (const { tokens, ended } of answers) {
      expect(ended).toBe(endTokens.has(at(tokens, -1)));
      expect(ended || tokens.length === 40).toBe(true);
    }
  });
});

it('refuses what would outgrow the positions of a model', async () => {
  const windowed = { ...model, config: { ...model.config, longestSequence: 128 } };
  const runtime = new DecodingRuntime(windowed, FROZEN, CPU);
  await expect(runtime.generate(PROMPTS, GREEDY)).rejects.toThrow(
    'A prompt of 120 tokens and 40 new ones exceed the positions of tiny, 128 tokens.',
  );
  await runtime.close();
});

describe('sampling', () => {
  const options = { ...GREEDY, temperature: 1, seed: 7 };

  it('repeats with a seed, whatever the company of a prompt, and differs with another', async () => {
    const answers = await generate(PROMPTS, options);
    const [alone] = await generate([at(PROMPTS, 3)], options);
    expect(alone).toEqual(at(answers, 3));
    const [other] = await generate([at(PROMPTS, 3)], { ...options, seed: 8 });
    expect(other).not.toEqual(alone);
    const [one, two] = await generate([at(PROMPTS, 0), at(PROMPTS, 0)], options);
    expect(two).not.toEqual(one);
    expect(one).toEqual(at(answers, 0));
  });

  it('gives each prompt a seed of its own', () => {
    const prompts = Array.from({ length: 500 }, (_, index) => [1, index % 250]);
    expect(new Set(promptSeeds(prompts, 3)).size).toBe(500);
    expect(promptSeeds(prompts, 3)).not.toEqual(promptSeeds(prompts, 4));
  });

  it.each([0.5, 1, 2])('draws by softmax(logits / %d)', (temperature) => {
    const logits = Float32Array.of(1, -1, 0.5, -Infinity);
    const powers = [...logits].map((logit) => Math.exp(logit / temperature));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const sampler = new Sampler(temperature, 5);
    const counts = [0, 0, 0, 0];
    const draws = 20_000;
    for (let draw = 0; draw < draws; draw++) {
      const token = sampler.next(logits);
      counts[token] = at(counts, token) + 1;
    }
    for (const [token, power] of powers.entries()) {
      expect(Math.abs(at(counts, token) / draws - power / total)).toBeLessThan(0.015);
    }
  });
});
