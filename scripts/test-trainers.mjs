// node scripts/test-trainers.mjs [NAME...]: trains with other trainers as `dpo-lab train` starts them. The first time
// installs each into .cache/trainers, which takes minutes and 2 GB a trainer. What came out stands in docs/TRAINERS.md.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './test-step.mjs';
import { TRAINERS } from './trainers/configs.mjs';
import { environmentOf } from './trainers/environments.mjs';

const cli = path.join(root, 'dist/cli.js');
const fixtures = path.join(root, 'test/trainer/fixtures/trl');
const wanted = process.argv.slice(2);

for (const trainer of TRAINERS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const start = Date.now();
  try {
    const said = await tryOut(trainer);
    console.log(
      `ok   ${trainer.name} ${trainer.version}, ${Math.round((Date.now() - start) / 1000)} s: ${said}`,
    );
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAIL ${trainer.name} ${trainer.version}: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {import('./trainers/configs.mjs').TriedTrainer} trainer */
async function tryOut(trainer) {
  const environment = environmentOf(trainer);
  const folder = mkdtempSync(path.join(tmpdir(), `dpo-lab-${trainer.name}-`));
  try {
    symlinkSync(environment, path.join(folder, '.venv'));
    putFiles(folder, trainer);
    const place = {
      folder,
      env: { ...process.env, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1', ...trainer.env },
    };
    const whole = await train(place, ['train', trainer.file]);
    const stopped = await stoppedAndResumed(place, trainer);
    const [low, high] = await sweep(place, trainer);
    const losses = (/** @type {string} */ run) =>
      metrics(run, 'train').map(({ step, values }) => [step, values.loss]);
    const first = losses(whole)[0]?.[1] ?? Number.NaN;
    need(Math.abs(first - Math.LN2) < 1e-3, `the first loss is ${first}`);
    need(JSON.stringify(losses(whole)) === JSON.stringify(losses(stopped)), 'resumed to other losses');
    need(
      metrics(whole, 'eval').some(({ values }) => Math.abs(values.eos_drift ?? 0) > 0),
      'no EOS drift',
    );
    for (const [run, beta] of /** @type {const} */ ([
      [low, 0.05],
      [high, 0.4],
    ])) {
      const { values } = metrics(run, 'train').at(-1) ?? { values: {} };
      need(
        Math.abs(values.log_ratio_margin * beta - values.reward_margin) < 1e-6,
        `not trained with beta ${beta}`,
      );
    }
    need(readFileSync(path.join(folder, trainer.file), 'utf8') === trainer.config, 'its config was changed');
    return `${losses(whole).length} steps watched, stopped and resumed to the same losses, swept over two betas`;
  } finally {
    if (process.env.KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    else console.log(folder);
  }
}

/** @param {string} folder @param {import('./trainers/configs.mjs').TriedTrainer} trainer */
function putFiles(folder, { file, config }) {
  const rows = readFileSync(path.join(fixtures, 'strings.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row));
  mkdirSync(path.join(folder, 'data'));
  const put = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFileSync(path.join(folder, 'data', name), text);
  const lines = (/** @type {object[]} */ items) => items.map((item) => `${JSON.stringify(item)}\n`).join('');
  const pairs = rows.map(({ prompt, chosen, rejected }) => ({
    prompt,
    chosen: chosen.trim(),
    rejected: rejected.trim(),
  }));
  put(
    'pairs.json',
    JSON.stringify(pairs.map(({ prompt, ...rest }) => ({ instruction: prompt, input: '', ...rest }))),
  );
  const columns = { prompt: 'instruction', query: 'input', chosen: 'chosen', rejected: 'rejected' };
  put('dataset_info.json', JSON.stringify({ pairs: { file_name: 'pairs.json', ranking: true, columns } }));
  put('axolotl.jsonl', lines(pairs));
  put(
    'swift.jsonl',
    lines(
      pairs.map(({ prompt, chosen, rejected }) => ({
        messages: [
          { role: 'user', content: prompt },
          { role: 'assistant', content: chosen },
        ],
        rejected_response: rejected,
      })),
    ),
  );
  writeFileSync(path.join(folder, file), config);
  const model = [
    path.join(root, 'scripts/trainers/tiny_model.py'),
    path.join(fixtures, 'strings.jsonl'),
    path.join(folder, 'model'),
  ];
  const { status, stderr } = spawnSync(path.join(folder, '.venv/bin/python'), model, { encoding: 'utf8' });
  need(status === 0, stderr);
}

/** @typedef {{ folder: string, env: NodeJS.ProcessEnv }} Place */

/** @param {Place} place @param {string[]} args @returns {Promise<string>} the folder of the newest run */
async function train(place, args) {
  const { code, output } = await dpoLab(place, args);
  const run = runs(place).at(-1) ?? '';
  need(code === 0, `${args.join(' ')} ended with ${code}: ${output.slice(-1500)}${tail(run)}`);
  return run;
}

/** @param {Place} place @param {{ file: string }} trainer */
async function stoppedAndResumed(place, { file }) {
  const before = runs(place).length;
  await train(place, ['train', file, '--detach']);
  const run = runs(place)[before] ?? '';
  const name = path.basename(run);
  for (let waited = 0; metrics(run, 'train').length < 2; waited++) {
    need(waited < 6000, `nothing was measured: ${tail(run)}`);
    await delay(50);
  }
  writeFileSync(
    path.join(run, 'control.json'),
    JSON.stringify({ run: name, request: 'stop', time: Date.now() }),
  );
  await dpoLab(place, ['watch', name]);
  const { state, step } = JSON.parse(readFileSync(path.join(run, 'status.json'), 'utf8'));
  need(
    state === 'stopped' && step > 0 && step < 30,
    `it is ${state} at step ${step}, not stopped. ${tail(run)}`,
  );
  return train(place, ['resume', name]).then(() => run);
}

/** @param {Place} place @param {{ file: string }} trainer @returns {Promise<string[]>} */
async function sweep(place, { file }) {
  const before = runs(place).length;
  await train(place, ['sweep', file, '--beta', '0.05,0.4']);
  return runs(place).slice(before);
}

/** @param {Place} place @param {string[]} args @returns {Promise<{ code: number | null, output: string }>} */
function dpoLab({ folder, env }, args) {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** @param {Place} place */
function runs({ folder }) {
  const home = path.join(folder, '.dpo/runs');
  if (!existsSync(home)) return [];
  return readdirSync(home)
    .filter((id) => !id.startsWith('.'))
    .sort()
    .map((id) => path.join(home, id));
}

/** @param {string} run @param {string} split @returns {{ step: number, values: Record<string, number> }[]} */
function metrics(run, split) {
  const file = path.join(run, 'metrics.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter((line) => line.split === split);
}

/** @param {string} run */
function tail(run) {
  const log = path.join(run, 'output.log');
  return existsSync(log) ? `\n${readFileSync(log, 'utf8').slice(-2500)}` : '';
}

/** @param {boolean} holds @param {string} otherwise @returns {asserts holds} */
function need(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
