import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { type MetricName, RUN_FORMAT, type RunFile, type RunStatus } from '../../src/core/runs/format';
import { SeededRandom } from '../../src/core/seeded-random';

/** As many as a line of training has, the SFT term included. */
const TRAIN_METRICS: readonly MetricName[] = [
  'loss',
  'reward_chosen',
  'reward_rejected',
  'reward_margin',
  'accuracy',
  'log_ratio_chosen',
  'log_ratio_rejected',
  'log_ratio_margin',
  'logp_chosen',
  'logp_rejected',
  'sft_loss',
  'gradient_norm',
  'learning_rate',
  'tokens_per_second',
  'memory',
  'epoch',
];
const EVAL_METRICS: readonly MetricName[] = [
  ...TRAIN_METRICS.slice(0, 10),
  'eos_drift',
  'kl',
  'generated_length',
  'ended',
  'reference_generated_length',
  'reference_ended',
  'win_rate',
];
/** Steps between two evaluations. */
const EVAL_EVERY = 1000;

/** Numbers with as many digits as real ones. */
function metricsLine(step: number, random: SeededRandom, time = Date.now()): string {
  const isEval = step % EVAL_EVERY === 0;
  const values = (isEval ? EVAL_METRICS : TRAIN_METRICS).map((name) => [name, 20 * random.next() - 10]);
  return `${JSON.stringify({ step, time, split: isEval ? 'eval' : 'train', values: Object.fromEntries(values) })}\n`;
}

export function writeMetrics(file: string, lines: number): void {
  const random = new SeededRandom(1);
  const target = openSync(file, 'w');
  for (let step = 1; step <= lines; step += EVAL_EVERY) {
    const some = Math.min(EVAL_EVERY, lines - step + 1);
    writeSync(target, Array.from({ length: some }, (_, index) => metricsLine(step + index, random)).join(''));
  }
  closeSync(target);
}

export function runIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `20261123-141530-beta0.1-${1000 + index}`);
}

/** A run with everything that lies in a run's folder. */
export function makeRun(dataFolder: string, id: string, state: RunStatus['state']): void {
  const folder = path.join(dataFolder, 'runs', id);
  mkdirSync(path.join(folder, 'checkpoints', '100'), { recursive: true });
  mkdirSync(path.join(folder, 'model'));
  const run: RunFile = {
    format: RUN_FORMAT,
    id,
    created: Date.now(),
    producer: { kind: 'onnx', trainer: 'dpo-lab' },
    config: { objective: { beta: 0.1 }, training: { seed: 0 } },
    configFile: '/work/a.dpo.yaml',
    configText: '# A config of usual length\n'.repeat(60),
    configHash: '0'.repeat(64),
    baseFolder: '/work',
    dataFolder,
    versions: {},
  };
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify(run));
  writeStatus(dataFolder, id, state);
  writeMetrics(path.join(folder, 'metrics.jsonl'), 100);
  for (const name of [
    'trainer.jsonl',
    'events.jsonl',
    'output.log',
    'checkpoints/100/state.bin',
    'model/config.json',
  ])
    writeFileSync(path.join(folder, name), '{"time":1,"kind":"phase","phase":"training"}\n');
}

export function writeStatus(dataFolder: string, id: string, state: RunStatus['state']): void {
  const file = path.join(dataFolder, 'runs', id, 'status.json');
  const status: RunStatus = {
    format: RUN_FORMAT,
    state,
    step: 100,
    totalSteps: 1000,
    host: 'bench',
    heartbeat: Date.now(),
  };
  writeFileSync(`${file}.tmp`, JSON.stringify(status));
  renameSync(`${file}.tmp`, file);
}

const random = new SeededRandom(2);

export function appendMetrics(dataFolder: string, id: string, step: number): void {
  appendFileSync(path.join(dataFolder, 'runs', id, 'metrics.jsonl'), metricsLine(step, random));
}
