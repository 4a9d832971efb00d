// node scripts/check-smollm2.mjs: trains a small real model on real pairs with `dpo-lab train` and prints the figures of
// docs/BENCHMARKS.md. Takes about ten minutes on two idle cores.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { preparePython, run } from './python-env.mjs';
import { prepareSmolLm2 } from './python-smollm2.mjs';
import { root } from './test-step.mjs';

const PAIRS = path.resolve(root, '../shared/data/hh-harmless-base-test.jsonl.gz');
const ANSWER = '\n\nAssistant:';
const TRAINING_PAIRS = 200;
const HELD_OUT_PAIRS = 100;
/** Of a transcript: short pairs keep it to minutes. */
const MOST_CHARACTERS = 500;
const SETTINGS = {
  objective: { beta: 0.1 },
  training: {
    method: 'lora',
    lora: { rank: 8, alpha: 16 },
    batch_size: 4,
    micro_batch_size: 2,
    steps: 50,
    learning_rate: 5e-4,
    eval_every: 50,
  },
  backend: { device: 'cpu' },
};

const environment = preparePython();
if ('reason' in environment) fail(`There is no Python: ${environment.reason}.`);
const model = prepareSmolLm2(environment.python);
if ('reason' in model) fail(`There is no model: ${model.reason}.`);
if (!existsSync(PAIRS)) fail(`${PAIRS} is not there.`);

console.log(
  `machine: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`,
);
mkdirSync(path.join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(path.join(root, '.cache/check-smollm2-'));
try {
  checkRecording(environment.python, model.folder);
  train(model.folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * The tests compare our continuations with recorded ones.
 *
 * @param {string} python
 * @param {string} source
 */
function checkRecording(python, source) {
  run(python, [path.join(root, 'test/torch/record_smollm2.py'), folder, source]);
  const [live, recorded] = [folder, path.join(root, 'test/torch/fixtures')].map((place) =>
    JSON.parse(readFileSync(path.join(place, 'smollm2.json'), 'utf8')),
  );
  const same = live.filter(
    (/** @type {any} */ answer, /** @type {number} */ index) =>
      JSON.stringify(answer.tokens) === JSON.stringify(recorded[index]?.tokens),
  );
  console.log(`transformers continues ${same.length} of ${live.length} prompts as recorded`);
  if (same.length < live.length) process.exitCode = 1;
}

/** @param {string} source */
function train(source) {
  const pairs = usablePairs();
  writeLines('train.jsonl', pairs.slice(0, TRAINING_PAIRS));
  writeLines('eval.jsonl', pairs.slice(TRAINING_PAIRS, TRAINING_PAIRS + HELD_OUT_PAIRS));
  const config = { model: source, data: { train: 'train.jsonl', eval: 'eval.jsonl' }, ...SETTINGS };
  writeFileSync(path.join(folder, 'smollm2.dpo.json'), JSON.stringify(config));
  const programs = path.join(folder, 'dist');
  run(process.execPath, [
    path.join(root, 'scripts/build.mjs'),
    'cli',
    'job',
    'onnx-trainer',
    '--outdir',
    programs,
  ]);
  const start = performance.now();
  const { status } = spawnSync(
    process.execPath,
    [path.join(programs, 'cli.js'), 'train', 'smollm2.dpo.json'],
    {
      cwd: folder,
      stdio: 'inherit',
    },
  );
  if (status !== 0) fail(`dpo-lab train ended with exit code ${status}.`);
  report((performance.now() - start) / 1000);
}

/** Transcripts that both have an answer and are short. */
function usablePairs() {
  return gunzipSync(readFileSync(PAIRS))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ chosen, rejected }) =>
      [chosen, rejected].every(
        (text) => text.length <= MOST_CHARACTERS && text.split(ANSWER).at(-1)?.trim() !== '',
      ),
    );
}

/** @param {number} seconds */
function report(seconds) {
  const [id = ''] = readdirSync(path.join(folder, '.dpo/runs'));
  const lines = readFileSync(path.join(folder, '.dpo/runs', id, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const held = lines.filter(({ split }) => split === 'eval');
  const trained = lines.filter(({ split }) => split === 'train').map(({ values }) => values);
  for (const { step, values } of held) {
    const {
      accuracy,
      loss,
      reward_margin: margin,
      log_ratio_chosen: chosen,
      log_ratio_rejected: rejected,
    } = values;
    console.log(
      `held-out pairs after step ${step}: accuracy ${accuracy.toFixed(2)}, loss ${loss.toFixed(4)}, margin ${margin.toFixed(4)}, log-ratios ${chosen.toFixed(2)} and ${rejected.toFixed(2)} nats`,
    );
  }
  const rates = trained.map((values) => values.tokens_per_second).sort((a, b) => a - b);
  const memory = Math.max(...trained.map((values) => values.memory));
  console.log(`${trained.length} steps: median ${Math.round(rates[rates.length >> 1])} tokens/s`);
  console.log(
    `peak memory after a step ${(memory / 1e9).toFixed(1)} GB, all in all ${Math.round(seconds)} s`,
  );
  if (!(held.at(-1)?.values.accuracy > held[0]?.values.accuracy)) {
    console.log('The held-out accuracy did not rise.');
    process.exitCode = 1;
  }
}

/** @param {string} name @param {object[]} rows */
function writeLines(name, rows) {
  writeFileSync(path.join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}
