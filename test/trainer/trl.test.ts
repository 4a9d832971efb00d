import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { nestConfig, resolveConfig } from '../../src/core/config/resolved';
import { type MetricsLine, RUN_FORMAT, type RunFile } from '../../src/core/runs/format';
import { type Layout, trainedLayout } from '../../src/engine/model/layout';
import { Checkpoints } from '../../src/trainer/checkpoint';
import { indexSafetensors, readTensor } from '../../src/trainer/models/stored-tensor';
import { type Prepared, prepare } from '../../src/trainer/prepare';
import { RunLog } from '../../src/trainer/run-log';
import { makeSchedule } from '../../src/trainer/schedule';
import { Requests } from '../../src/trainer/stop';
import { train } from '../../src/trainer/train';
import { jsonLines, write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import { vectors } from '../torch/vectors';

const FIXTURES = vectors('record_trl.py', path.join(import.meta.dirname, 'fixtures/trl'));
const folder = temporaryFolder();
const requests = new Requests(folder, 'none');

/** What TRL logged of an optimizer step. */
interface RecordedStep {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly logpChosen: number;
  readonly logpRejected: number;
  readonly rewardChosen: number;
  readonly rewardRejected: number;
  readonly accuracy: number;
}

/** See record_trl.py. Options by their paths; `data` names the file of pairs. */
const cases: { name: string; config: Partial<Config> & { data: string }; steps: RecordedStep[] }[] =
  JSON.parse(readFileSync(path.join(FIXTURES, 'trl.json'), 'utf8'));

function configOf({ data, ...options }: Partial<Config> & { data: string }): Config {
  const defaults = resolveConfig(check('{}', 'trl.dpo.json').experiment);
  return {
    ...defaults,
    'model.path': path.join(FIXTURES, 'model'),
    'reference.logprobs': 'columns',
    'data.train.path': `${data}.jsonl`,
    'backend.device': 'cpu',
    'training.eval_every': 1000,
    ...options,
  };
}

/** Rows in such an order that our shuffled order takes them as TRL took the recorded ones. */
function shuffledBack(rows: readonly unknown[], config: Config): unknown[] {
  const schedule = makeSchedule(config, rows.length);
  const visits = Array.from({ length: schedule.totalSteps }, (_, step) => schedule.pairsOf(step + 1)).flat();
  const result: unknown[] = [];
  for (const [visit, index] of visits.entries()) result[index] = rows[visit];
  return result;
}

/** The recorded adapter, flat. */
async function adapter(layout: Layout): Promise<Float32Array> {
  const stored = await indexSafetensors(path.join(FIXTURES, 'adapter/adapter_model.safetensors'));
  const parameters = new Float32Array(layout.size);
  for (const { name, offset } of layout.slices) {
    const tensor = stored.get(`base_model.model.${name}`);
    if (!tensor) throw new Error(`the recorded adapter has no ${name}`);
    parameters.set(await readTensor(tensor), offset);
  }
  return parameters;
}

/** Lets a run go on from the recorded adapter as if it had been stopped before its first step. */
async function startFromAdapter(runFolder: string, { policy, tuning, fingerprint }: Prepared): Promise<void> {
  const parameters = await adapter(trainedLayout(policy.model.config, tuning));
  const firstMoments = new Float32Array(parameters.length);
  const state = { parameters, firstMoments, secondMoments: firstMoments };
  await new Checkpoints(runFolder, fingerprint, 1).write({ step: 0, state, evaluationDue: false });
}

async function trained(name: string, data: string, config: Config): Promise<MetricsLine['values'][]> {
  const rows = readFileSync(path.join(FIXTURES, `${data}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const baseFolder = path.join(folder, name);
  write(baseFolder, { [`${data}.jsonl`]: jsonLines(shuffledBack(rows, config)) });
  const runFolder = path.join(baseFolder, 'run');
  mkdirSync(runFolder);
  const run: RunFile = {
    format: RUN_FORMAT,
    id: name,
    created: 0,
    producer: { kind: 'onnx', trainer: 'dpo-lab' },
    config: nestConfig(config),
    configFile: path.join(baseFolder, 'trl.dpo.json'),
    configText: '{}',
    configHash: '',
    baseFolder,
    dataFolder: path.join(folder, '.dpo'),
    versions: {},
  };
  const log = RunLog.open(runFolder, -1);
  try {
    const prepared = await prepare(run, config, log, requests);
    const isLora = prepared.tuning.kind === 'lora';
    if (isLora) await startFromAdapter(runFolder, prepared);
    await train(prepared, runFolder, isLora ? 0 : undefined, log, requests);
  } finally {
    log.close();
  }
  return readFileSync(path.join(runFolder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricsLine)
    .flatMap(({ split, values }) => (split === 'train' ? [values] : []));
}

describe('20 optimizer steps as TRL makes them', () => {
  const named = cases.map((recorded) => [recorded.name, recorded] as const);
  it.each(named)('%s', { timeout: 120_000 }, async (name, { config: recorded, steps }) => {
    const config = configOf(recorded);
    const values = await trained(name, recorded.data, config);
    expect(values).toHaveLength(steps.length);
    for (const [index, step] of steps.entries()) {
      const ours = values[index];
      const where = `step ${index + 1}`;
      const near = (value: unknown, expected: number, tolerance: number): void =>
        expect(Math.abs(Number(value) - expected), `${where}: ${value}, not ${expected}`).toBeLessThan(
          tolerance,
        );
      near(ours?.loss, step.loss, 1e-4);
      near(ours?.learning_rate, step.learningRate, 1e-9);
      near(ours?.gradient_norm, step.gradientNorm, 1e-3 * step.gradientNorm);
      near(ours?.logp_chosen, step.logpChosen, 1e-3);
      near(ours?.logp_rejected, step.logpRejected, 1e-3);
      // TRL's rewards are sums over tokens even where its loss takes means.
      if (config['objective.length_normalized']) continue;
      near(ours?.reward_chosen, step.rewardChosen, 1e-3);
      near(ours?.reward_rejected, step.rewardRejected, 1e-3);
      near(ours?.accuracy, step.accuracy, 1e-6);
    }
  });
});
