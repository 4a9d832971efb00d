import { expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import type { TokenSequence } from '../../src/engine/batch';
import type { Tuning } from '../../src/engine/model/layout';
import { logRatioDifference, objectiveValue } from '../../src/engine/objective-formulas';
import type { RunObjective } from '../../src/trainer/pair-metrics';
import type { StepSettings } from '../../src/trainer/runtime/optimizer';
import { ScoringRuntime } from '../../src/trainer/runtime/scoring-runtime';
import { SupervisedRuntime } from '../../src/trainer/runtime/supervised-runtime';
import { type StepPair, TrainingRuntime } from '../../src/trainer/runtime/training-runtime';
import { relativeError } from '../engine/support/finite-differences';
import { Random } from '../engine/support/random';
import { FROZEN, FULL, LORA } from '../engine/support/tiny-model';
import { temporaryFolder } from '../support/temporary-folder';
import { CPU, END, randomWeights, startOf, writeModel } from './support/runtime-model';

const weights = randomWeights();
const model = writeModel(temporaryFolder(), weights);

const SIGMOID: RunObjective = {
  loss: 'sigmoid',
  beta: 0.1,
  labelSmoothing: 0,
  lengthNormalized: false,
  sftWeight: 0,
};
const SETTINGS: StepSettings = { step: 1, learningRate: 1e-2, weightDecay: 0.01, maxGradNorm: 1 };

/** Five pairs of unequal lengths, with the frozen model as the reference. */
async function makePairs(): Promise<StepPair[]> {
  const random = new Random(1);
  const respond = (prompt: readonly number[], length: number): TokenSequence => ({
    tokens: [...prompt, ...random.integers(length - 1, 3, 12), END],
    promptLength: prompt.length,
  });
  const pairs = [3, 20, 7, 41, 12].map((length, index) => {
    const prompt = [1, ...random.integers(2 + 3 * index, 3, 12)];
    return [respond(prompt, length), respond(prompt, 1 + 5 * index)] as const;
  });
  const runtime = new ScoringRuntime(model, FROZEN, CPU, END, 8);
  const scores = await runtime.score(pairs.flat());
  await runtime.close();
  return pairs.map(([chosen, rejected], index) => {
    const [first, second] = [at(scores, 2 * index), at(scores, 2 * index + 1)];
    return {
      chosen,
      rejected,
      reference: { chosen: first.logp, rejected: second.logp },
      referenceTokens: { chosen: first.tokens, rejected: second.tokens },
    };
  });
}
const PAIRS = await makePairs();

function start(tuning: Tuning, microBatch: number, objective = SIGMOID): TrainingRuntime {
  const runtime = new TrainingRuntime(model, tuning, objective, CPU, END, microBatch);
  const parameters = startOf(weights, tuning);
  const moments = new Float32Array(parameters.length);
  runtime.state = { parameters, firstMoments: moments, secondMoments: moments };
  return runtime;
}

/** A copy that later steps leave alone. */
function stateOf({ state }: TrainingRuntime | SupervisedRuntime) {
  return {
    parameters: state.parameters.slice(),
    firstMoments: state.firstMoments.slice(),
    secondMoments: state.secondMoments.slice(),
  };
}

it.each([
  ['an adapter', LORA],
  ['all weights', FULL],
] as const)('the first loss of %s is ln 2, with margins of 0, and training lowers it', async (_, tuning) => {
  const runtime = start(tuning, 2);
  const first = await runtime.step(PAIRS, SETTINGS);
  expect(Math.abs(first.loss - Math.LN2)).toBeLessThan(1e-5);
  for (const { margin } of first.pairs) expect(Math.abs(margin)).toBeLessThan(1e-5);
  expect(first.tokens).toBe(
    PAIRS.reduce((sum, { chosen, rejected }) => sum + chosen.tokens.length + rejected.tokens.length, 0),
  );
  for (let step = 2; step < 6; step++) await runtime.step(PAIRS, { ...SETTINGS, step });
  expect((await runtime.step(PAIRS, { ...SETTINGS, step: 6 })).loss).toBeLessThan(first.loss - 0.05);
  await runtime.close();
});

it('does not depend on how pairs are split into micro-batches', async () => {
  // First moments are the gradient; Adam's first step would make a whole step of a gradient that is only rounding.
  const results = [];
  for (const microBatch of [5, 2, 1]) {
    const runtime = start(FULL, microBatch);
    const { loss, gradientNorm, pairs } = await runtime.step(PAIRS, SETTINGS);
    results.push({ loss, gradientNorm, pairs, moments: stateOf(runtime).firstMoments });
    await runtime.close();
  }
  const [whole, ...parted] = results;
  for (const other of parted) {
    expect(other.loss).toBeCloseTo(whole?.loss ?? 0, 6);
    expect(relativeError([other.gradientNorm], [whole?.gradientNorm ?? 0])).toBeLessThan(1e-6);
    expect(relativeError(other.moments, whole?.moments ?? [])).toBeLessThan(1e-6);
    const logps = (pairs: typeof other.pairs) =>
      pairs.flatMap((pair) => [pair.logpChosen, pair.logpRejected]);
    expect(relativeError(logps(other.pairs), logps(whole?.pairs ?? []))).toBeLessThan(1e-6);
  }
});

it('goes on from a copy of its state to the same bits', async () => {
  const whole = start(LORA, 2);
  for (const step of [1, 2]) await whole.step(PAIRS, { ...SETTINGS, step });
  const half = stateOf(whole);
  const results = [];
  for (const step of [3, 4]) results.push(await whole.step(PAIRS, { ...SETTINGS, step }));

  const resumed = start(LORA, 2);
  resumed.state = half;
  const again = [];
  for (const step of [3, 4]) again.push(await resumed.step(PAIRS, { ...SETTINGS, step }));
  expect(again).toEqual(results);
  expect(stateOf(resumed)).toEqual(stateOf(whole));
  await Promise.all([whole.close(), resumed.close()]);
});

it('leaves its state alone when a step is not finite, and can go on', async () => {
  const runtime = start(LORA, 2);
  await runtime.step(PAIRS, SETTINGS);
  const before = stateOf(runtime);
  const broken = PAIRS.map((pair, index) =>
    index === 3 ? { ...pair, reference: { chosen: Number.NaN, rejected: 0 } } : pair,
  );
  const result = await runtime.step(broken, { ...SETTINGS, step: 2 });
  expect([result.loss, result.gradientNorm]).toEqual([Number.NaN, Number.NaN]);
  expect(stateOf(runtime)).toEqual(before);
  expect((await runtime.step(PAIRS, { ...SETTINGS, step: 2 })).loss).toBeLessThan(Math.LN2);
  await runtime.close();
});

it.each([
  ['ipo over means, with its SFT term', { ...SIGMOID, loss: 'ipo', beta: 0.5, sftWeight: 0.3 }],
  ['length-normalised sigmoid', { ...SIGMOID, beta: 2, labelSmoothing: 0.1, lengthNormalized: true }],
] as const)('reports the mean of the formula: %s', async (_, objective) => {
  const runtime = start(LORA, 2, objective);
  // Another tokenizer counts other tokens.
  const pairs = PAIRS.map((pair, index) => ({
    ...pair,
    reference: { chosen: -20 - index, rejected: -18 },
    referenceTokens: { chosen: 9, rejected: 4 + index },
  }));
  const { loss, pairs: results } = await runtime.step(pairs, SETTINGS);
  await runtime.close();
  const responseTokens = ({ tokens, promptLength }: TokenSequence) => tokens.length - promptLength;
  const losses = pairs.map((pair, index) => {
    const { logpChosen, logpRejected, margin } = at(results, index);
    const delta = logRatioDifference(
      {
        chosen: logpChosen / responseTokens(pair.chosen),
        rejected: logpRejected / responseTokens(pair.rejected),
      },
      {
        chosen: pair.reference.chosen / pair.referenceTokens.chosen,
        rejected: pair.reference.rejected / pair.referenceTokens.rejected,
      },
    );
    expect(margin).toBeCloseTo(objective.beta * delta, 5);
    return objectiveValue(objective.loss, delta, objective).loss;
  });
  const chosenTokens = PAIRS.reduce((sum, { chosen }) => sum + responseTokens(chosen), 0);
  const sft = results.reduce((sum, { logpChosen }) => sum - logpChosen, 0) / chosenTokens;
  const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  expect(loss).toBeCloseTo(mean + objective.sftWeight * sft, 4);
});

it('supervised fine-tuning lowers the mean over response tokens of -log p', async () => {
  const sequences = PAIRS.map(({ chosen }) => chosen);
  const runtime = new SupervisedRuntime(model, FULL, CPU, END, 2);
  const parameters = startOf(weights, FULL);
  const moments = new Float32Array(parameters.length);
  runtime.state = { parameters, firstMoments: moments, secondMoments: moments };
  const first = await runtime.step(sequences, SETTINGS);
  const tokens = PAIRS.reduce((sum, pair) => sum + pair.referenceTokens.chosen, 0);
  const expected = PAIRS.reduce((sum, { reference }) => sum - reference.chosen, 0) / tokens;
  expect(first.loss).toBeCloseTo(expected, 5);
  const second = await runtime.step(sequences, { ...SETTINGS, step: 2 });
  expect(second.loss).toBeLessThan(first.loss);
  await runtime.close();
});
