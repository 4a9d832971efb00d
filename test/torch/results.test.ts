import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Tuning, trainedLayout } from '../../src/engine/model/layout';
import { LINEARS } from '../../src/engine/model/parameters';
import { openTokenizer } from '../../src/trainer/data/training-tokenizer';
import { openModel } from '../../src/trainer/models/open-model';
import type { OpenModel } from '../../src/trainer/models/opened-model';
import type { Place } from '../../src/trainer/models/place';
import { saveModel } from '../../src/trainer/models/save-model';
import { startParameters } from '../../src/trainer/models/start-parameters';
import type { Device } from '../../src/trainer/runtime/device';
import { ScoringRuntime } from '../../src/trainer/runtime/scoring-runtime';
import { Random } from '../engine/support/random';
import { temporaryFolder } from '../support/temporary-folder';
import { NO_PYTHON, PYTHON } from './vectors';

const MODEL = path.resolve(import.meta.dirname, '../trainer/fixtures/trl/model');
const CPU: Device = { provider: 'cpu', profile: 'fast', threads: 1, words: 'processor' };
const LORA: Tuning = { kind: 'lora', rank: 4, alpha: 8, targets: LINEARS };
const folder = temporaryFolder();
const place: Place = { baseFolder: folder, dataFolder: path.join(folder, '.dpo'), env: {} };

const SEQUENCES = [
  { tokens: [0, 50, 120, 260, 70, 31, 299, 88, 1], promptLength: 4 },
  { tokens: [0, 9, 8, 7, 205, 204, 1], promptLength: 1 },
];
const TEXT = ' The tree, 42 birds.';
const MESSAGES = [
  { role: 'user', content: 'Say: rain.' },
  { role: 'assistant', content: 'rain' },
  { role: 'user', content: 'And snow?' },
];

interface Loaded {
  readonly logps: readonly number[];
  readonly textTokens: readonly number[];
  readonly messageTokens: readonly number[];
}

function loadedByPython(folders: readonly string[]): Loaded[] {
  const script = path.join(import.meta.dirname, 'load_results.py');
  const request = { folders, sequences: SEQUENCES, text: TEXT, messages: MESSAGES };
  const output = execFileSync(PYTHON ?? '', [script], { input: JSON.stringify(request), encoding: 'utf8' });
  return JSON.parse(output);
}

/** Weights or adapters as after some training: no tensor is what it was. */
async function changed(model: OpenModel, tuning: Tuning): Promise<Float32Array> {
  const { size } = trainedLayout(model.config, tuning);
  const noise = new Random(7).normals(size, 0.05);
  return (await startParameters(model, tuning, 3)).map((value, index) => value + (noise[index] ?? 0));
}

async function logps(model: OpenModel, tuning: Tuning, parameters?: Float32Array): Promise<number[]> {
  const scoring = new ScoringRuntime(model, tuning, CPU, 1, 2);
  const scores = await scoring.score(SEQUENCES, parameters);
  await scoring.close();
  return scores.map(({ logp }) => logp);
}

describe('what is saved', () => {
  const name =
    PYTHON === undefined
      ? `transformers and PEFT load (skipped: ${NO_PYTHON})`
      : 'transformers and PEFT load';
  it.skipIf(PYTHON === undefined)(name, { timeout: 180_000 }, async () => {
    const base = await openModel({ path: MODEL }, place, () => {});
    const adapter = path.join(folder, 'adapter');
    const whole = path.join(folder, 'whole');
    const merged = path.join(folder, 'merged');
    const [lora, full] = [await changed(base, LORA), await changed(base, { kind: 'full' })];
    await saveModel(adapter, { base, tuning: LORA, parameters: lora });
    await saveModel(whole, { base, tuning: { kind: 'full' }, parameters: full });
    // A second adapter on top of the first, as when training goes on.
    const adapted = await openModel({ path: MODEL, adapter }, place, () => {});
    await saveModel(merged, { base: adapted, tuning: LORA, parameters: lora });

    const loaded = loadedByPython([adapter, whole, merged]);
    const ours = [
      await logps(base, LORA, lora),
      await logps(base, { kind: 'full' }, full),
      await logps(adapted, LORA, lora),
    ];
    for (const [index, expected] of ours.entries()) {
      for (const [place, logp] of expected.entries())
        expect(loaded[index]?.logps[place]).toBeCloseTo(logp, 3);
    }
    expect(new Set(ours.flat().map((logp) => logp.toFixed(2))).size).toBe(6);

    const tokenizer = await openTokenizer(base, 'auto', place);
    for (const { textTokens, messageTokens } of loaded) {
      expect(textTokens).toEqual(tokenizer.encodePlain(TEXT));
      const [written] = (await tokenizer.render?.([{ messages: MESSAGES, until: 'answer' }])) ?? [];
      expect(messageTokens).toEqual(tokenizer.encode(written && 'text' in written ? written.text : ''));
    }
  });
});
