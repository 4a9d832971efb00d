import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { at } from '../../src/engine/at';
import { scoringInputs, type TokenSequence } from '../../src/engine/batch';
import { buildScoring } from '../../src/engine/graphs/scoring';
import { lengthBucket, sizeForPairs } from '../../src/trainer/runtime/buckets';
import { ScoringRuntime } from '../../src/trainer/runtime/scoring-runtime';
import { relativeError } from '../engine/support/finite-differences';
import { Random } from '../engine/support/random';
import { TestSession } from '../engine/support/session';
import { FROZEN, LORA } from '../engine/support/tiny-model';
import { temporaryFolder } from '../support/temporary-folder';
import { CPU, END, randomWeights, startOf, writeModel } from './support/runtime-model';

const folder = temporaryFolder();
const weights = randomWeights();
const model = writeModel(folder, weights);

const random = new Random(1);
function sequence(prompt: number, response: number, last = END): TokenSequence {
  const tokens = [1, ...random.integers(prompt + response - 2, 3, 12), last];
  return { tokens, promptLength: prompt };
}
/** The fourth was cut before its end. */
const SEQUENCES = [sequence(5, 9), sequence(2, 40), sequence(30, 4), sequence(3, 3, 7), sequence(4, 70)];

/** Without the runtime: a graph of the sequence's own size. */
async function scoreAlone(one: TokenSequence) {
  const size = { sequences: 1, length: one.tokens.length, slots: one.tokens.length - one.promptLength + 1 };
  const places = (name: string) => ({
    elementType: 'float32' as const,
    location: name,
    offset: 0,
    length:
      4 *
      at(
        [...weights.values].filter(([other]) => other === name),
        0,
      )[1].length,
  });
  const graph = buildScoring({ config: model.config, tuning: FROZEN, weights: places }, size);
  const files = [...weights.values].map(([name, { buffer }]) => ({
    path: name,
    data: new Uint8Array(buffer),
  }));
  const session = await TestSession.load(graph, files);
  const { token_logps: tokens = [], end_logps: ends = [] } = await session.run({
    ...scoringInputs([one], size, END),
  });
  await session.release();
  return { tokenLogps: Array.from(tokens).slice(0, size.slots - 1), endLogp: at(ends, 0) };
}

it('gives what a graph of its own gives, in the order of the sequences', async () => {
  const runtime = new ScoringRuntime(model, FROZEN, CPU, END, 2);
  const told: number[] = [];
  const scores = await runtime.score(SEQUENCES, undefined, (done) => told.push(done));
  await runtime.close();
  expect(told).toEqual([2, 4, 5]);
  for (const [index, one] of SEQUENCES.entries()) {
    const { logp, tokens, endLogp, tokenLogps } = at(scores, index);
    const alone = await scoreAlone(one);
    expect(tokens).toBe(one.tokens.length - one.promptLength);
    expect(relativeError(tokenLogps, alone.tokenLogps)).toBeLessThan(1e-5);
    expect(logp).toBeCloseTo(
      alone.tokenLogps.reduce((sum, x) => sum + x, 0),
      3,
    );
    expect(endLogp).toBeCloseTo(alone.endLogp, 4);
  }
});

it('reads weights through links out of a snapshot, as a hub cache has them, in half precision and with little memory', async () => {
  const reference = new ScoringRuntime(model, FROZEN, CPU, END, 4);
  const expected = await reference.score(SEQUENCES);
  await reference.close();

  const half = writeModel(folder, weights, 'bfloat16');
  const snapshot = path.join(folder, 'snapshots', 'main');
  mkdirSync(snapshot, { recursive: true });
  for (const file of new Set([...half.tensors.values()].map((tensor) => tensor.path))) {
    symlinkSync(path.relative(snapshot, file), path.join(snapshot, path.basename(file)));
  }
  const linked = new Map(
    [...half.tensors].map(([name, tensor]) => [
      name,
      { ...tensor, path: path.join(snapshot, path.basename(tensor.path)) },
    ]),
  );
  for (const profile of ['fast', 'lean'] as const) {
    const runtime = new ScoringRuntime({ ...half, tensors: linked }, FROZEN, { ...CPU, profile }, END, 4);
    expect(await runtime.score(SEQUENCES)).toEqual(expected);
    await runtime.close();
  }
});

it('computes a prompt once for two responses to it, and scores them as it would one by one', async () => {
  const prompt = sequence(20, 2).tokens.slice(0, 20);
  const respond = (length: number) => ({
    tokens: [...prompt, ...random.integers(length, 3, 12), END],
    promptLength: prompt.length,
  });
  const three = [respond(4), ...SEQUENCES, respond(9), respond(6)];
  const oneByOne = new ScoringRuntime(model, FROZEN, CPU, END, 1);
  const together = new ScoringRuntime(model, FROZEN, CPU, END, 4);
  const expected = await oneByOne.score(three);
  const scores = await together.score(three);
  for (const [index, { tokenLogps, endLogp }] of scores.entries()) {
    expect(relativeError(tokenLogps, at(expected, index).tokenLogps)).toBeLessThan(1e-5);
    expect(endLogp).toBeCloseTo(at(expected, index).endLogp, 4);
  }
  await Promise.all([oneByOne.close(), together.close()]);
});

it('scores an adapted model; an adapter that adds nothing is the model as stored', async () => {
  const frozen = new ScoringRuntime(model, FROZEN, CPU, END, 4);
  const adapted = new ScoringRuntime(model, LORA, CPU, END, 4);
  const [before] = await frozen.score(SEQUENCES);
  const [same] = await adapted.score(SEQUENCES, startOf(weights, LORA));
  const [other] = await adapted.score(SEQUENCES, startOf(weights, LORA, 0.5));
  expect(same?.logp).toBeCloseTo(before?.logp ?? 0, 4);
  expect(Math.abs((other?.logp ?? 0) - (before?.logp ?? 0))).toBeGreaterThan(0.1);
  await Promise.all([frozen.close(), adapted.close()]);
});

it('rounds lengths up by less than a quarter, beyond the shortest', () => {
  expect([1, 32, 33, 257, 320, 321, 1025].map(lengthBucket)).toEqual([32, 32, 64, 320, 320, 384, 1280]);
  for (let length = 129; length < 3000; length += 7) {
    expect(lengthBucket(length)).toBeGreaterThanOrEqual(length);
    expect(lengthBucket(length)).toBeLessThan(1.25 * length);
  }
});

it('puts a pair on one line where its prompt is shared, and on two where a limit of positions forbids that', () => {
  const chosen = sequence(100, 20);
  const rejected = { ...chosen, tokens: [...chosen.tokens.slice(0, 100), 3, 4, END] };
  const paired = sizeForPairs([{ chosen, rejected }], END, model.config);
  expect(paired).toEqual({ sequences: 2, length: 128, slots: 32, paired: true });
  const windowed = { ...model.config, longestSequence: 120 };
  expect(sizeForPairs([{ chosen, rejected }], END, windowed)).toEqual({
    sequences: 2,
    length: 120,
    slots: 60,
  });
});
