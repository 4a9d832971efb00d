import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { promptTokens } from '../../src/trainer/data/prompt-tokens';
import { openTokenizer } from '../../src/trainer/data/training-tokenizer';
import { openModel } from '../../src/trainer/models/open-model';
import type { Place } from '../../src/trainer/models/place';
import { DecodingRuntime } from '../../src/trainer/runtime/decoding-runtime';
import type { Device } from '../../src/trainer/runtime/device';
import { temporaryFolder } from '../support/temporary-folder';

/** Written by scripts/python-smollm2.mjs. */
const MODEL = process.env.DPO_LAB_TEST_SMOLLM2;
const MISSING = process.env.DPO_LAB_TEST_NO_SMOLLM2 ?? 'DPO_LAB_TEST_SMOLLM2 names no folder';
const CPU: Device = { provider: 'cpu', profile: 'fast', threads: 2, words: 'processor' };

/** See record_smollm2.py. */
const recorded: { prompt: string; promptTokens: number[]; tokens: number[]; text: string }[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'fixtures/smollm2.json'), 'utf8'),
);

const folder = temporaryFolder();

describe('SmolLM2-135M-Instruct', () => {
  const name = 'continues ten prompts as transformers does';
  it.skipIf(MODEL === undefined)(
    MODEL === undefined ? `${name} (skipped: ${MISSING})` : name,
    { timeout: 300_000 },
    async () => {
      const place: Place = { baseFolder: folder, dataFolder: folder, env: {} };
      const model = await openModel({ path: MODEL ?? '' }, place, () => {});
      const tokenizer = await openTokenizer(model, 'auto', place);
      const prompts = await Promise.all(recorded.map(({ prompt }) => promptTokens(prompt, tokenizer)));
      expect(prompts).toEqual(recorded.map(({ promptTokens }) => promptTokens));
      const decoding = new DecodingRuntime(model, { kind: 'frozen' }, CPU);
      const { endTokens } = tokenizer;
      const options = { maxNewTokens: 32, temperature: 0, seed: 0, endTokens };
      const answers = await decoding.generate(prompts, options);
      await decoding.close();
      expect(answers.map(({ tokens }) => tokens)).toEqual(recorded.map(({ tokens }) => tokens));
      const texts = answers.map(({ tokens }) => tokenizer.decode(tokens, { skipSpecial: true }));
      expect(texts).toEqual(recorded.map(({ text }) => text));
    },
  );
});
