import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MetricsLine, TrainerLine } from '../../src/core/runs/format';
import { type TinyExperiment, type TinyRun, useTrainer } from '../trainer/support/tiny-run';
import { NO_PYTHON, PYTHON } from './vectors';

const SOURCES = path.resolve(import.meta.dirname, '../../python/src');
const newExperiment = useTrainer();

type Sections = Parameters<TinyExperiment['run']>[1];

const COMMON = {
  training: { method: 'lora', steps: 20, micro_batch_size: 3, weight_decay: 0.01, learning_rate: 0.02 },
  evaluation: { probes: ['red one', 'blue two'], max_new_tokens: 12, temperature: 0.7, samples: 2 },
};
const IPO = { loss: 'ipo', length_normalized: true, beta: 0.5 };
const CASES: readonly [string, Sections][] = [
  ['LoRA', {}],
  ['all weights', { training: { method: 'full', learning_rate: 0.003, schedule: 'cosine', warmup: 5 } }],
  [
    'a prior reference, label smoothing and SFT',
    { reference: { score: 'prior' }, objective: { label_smoothing: 0.1, sft_weight: 0.5 } },
  ],
  ['means over tokens, without a reference', { reference: { policy: 'none' }, objective: IPO }],
];

/** Trains runs with the torch trainer, all in one process. */
function trainWithTorch(...runs: readonly TinyRun[]): Promise<{ code: number | null; stderr: string }> {
  const folders = runs.map(({ folder }) => folder);
  const child = spawn(PYTHON ?? '', ['-m', 'dpo_lab_trainer', ...folders], {
    env: {
      ...process.env,
      PYTHONPATH: SOURCES,
      OMP_NUM_THREADS: '1',
      HF_HUB_OFFLINE: '1',
      DPO_LAB_ONNX_TRAINER: JSON.stringify([process.execPath, runs[0]?.program]),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

function withCommon(sections: Sections = {}): Sections {
  return {
    ...sections,
    training: { ...COMMON.training, ...sections.training },
    evaluation: { ...COMMON.evaluation, ...sections.evaluation },
  };
}

/** What is as exact as the loss; the accuracy counts pairs, of which one can be close to a draw. */
const TOLERANCES: Readonly<Record<string, number>> = {
  loss: 1e-3,
  reward_chosen: 2e-3,
  reward_rejected: 2e-3,
  reward_margin: 2e-3,
  log_ratio_chosen: 2e-2,
  log_ratio_rejected: 2e-2,
  logp_chosen: 2e-2,
  logp_rejected: 2e-2,
  sft_loss: 1e-3,
  learning_rate: 1e-9,
  epoch: 1e-9,
  eos_drift: 5e-3,
};

function expectSame(torch: readonly MetricsLine[], onnx: readonly MetricsLine[]): void {
  expect(torch.map(({ split, step }) => [split, step])).toEqual(onnx.map(({ split, step }) => [split, step]));
  for (const [index, { split, step, values }] of onnx.entries()) {
    const other = torch[index]?.values ?? {};
    expect(Object.keys(other).toSorted()).toEqual(Object.keys(values).toSorted());
    for (const [name, tolerance] of Object.entries(TOLERANCES)) {
      const [a, b] = [Number(other[name as keyof typeof other]), Number(values[name as keyof typeof values])];
      if (Number.isNaN(a) && Number.isNaN(b)) continue;
      expect(Math.abs(a - b), `${name} of ${split} at step ${step}: ${a}, not ${b}`).toBeLessThan(tolerance);
    }
  }
}

function samplesOf(told: readonly TrainerLine[]) {
  return told.flatMap((line) => (line.kind === 'samples' ? [line.samples] : []));
}

const name =
  PYTHON === undefined ? `one config, two trainers (skipped: ${NO_PYTHON})` : 'one config, two trainers';
describe.skipIf(PYTHON === undefined)(name, { timeout: 180_000 }, () => {
  it('gives the same curve over 20 steps, from one reference table', async () => {
    const experiment = await newExperiment();
    const references = path.join(experiment.folder, '.dpo/references');
    const pairs = CASES.map(([title, sections], index) => ({
      title,
      onnx: experiment.run(`onnx-${index}`, withCommon(sections)),
      torch: experiment.run(`torch-${index}`, withCommon(sections)),
    }));
    for (const { onnx } of pairs) expect(await onnx.train()).toEqual({ code: 0, stderr: '' });
    const tables = readdirSync(references);
    expect(await trainWithTorch(...pairs.map(({ torch }) => torch))).toEqual({ code: 0, stderr: '' });
    for (const { title, onnx, torch } of pairs) {
      expectSame(torch.metrics, onnx.metrics);
      expect(samplesOf(torch.told).length, title).toBe(samplesOf(onnx.told).length);
      expect(samplesOf(torch.told)[0], title).toEqual(samplesOf(onnx.told)[0]);
      expect(
        torch.told.some((line) => line.kind === 'phase' && line.phase === 'reference'),
        title,
      ).toBe(false);
    }
    expect(readdirSync(references)).toEqual(tables);
  });

  it('the embedded trainer takes a table that the torch trainer made', async () => {
    const experiment = await newExperiment();
    const references = path.join(experiment.folder, '.dpo/references');
    const settings = withCommon({ training: { steps: 2 } });
    const [torch, onnx] = [experiment.run('torch', settings), experiment.run('onnx', settings)];
    rmSync(references, { recursive: true, force: true });
    expect(await trainWithTorch(torch)).toEqual({ code: 0, stderr: '' });
    const tables = readdirSync(references);
    expect(tables).toHaveLength(1);
    expect(await onnx.train()).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(references)).toEqual(tables);
    expect(onnx.told.some((line) => line.kind === 'phase' && line.phase === 'reference')).toBe(false);
    expectSame(torch.metrics, onnx.metrics);
  });
});
