// A trainer without a model, for tests of the job: node scripted-trainer.mjs RUN_FOLDER. The run's config text names
// what it does, in a comment `# plays: completes`.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const folder = process.argv[2] ?? '';
const { configText } = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'));
const scenario = /# plays: (.*)/.exec(configText)?.[1] ?? '';
const STEPS = 20;

const file = (/** @type {string} */ name) => path.join(folder, name);
const append = (/** @type {string} */ name, /** @type {object} */ line) =>
  appendFileSync(file(name), `${JSON.stringify({ time: Date.now(), ...line })}\n`);
const say = (/** @type {object} */ line) => append('trainer.jsonl', line);
const die = () => process.kill(process.pid, 'SIGKILL');
const forever = () => new Promise(() => setInterval(() => {}, 1000));
const pause = (/** @type {number} */ time) => new Promise((resolve) => setTimeout(resolve, time));

/** @param {number} step @param {object} [values] */
function measure(step, values = {}) {
  append('metrics.jsonl', {
    step,
    split: 'train',
    values: {
      loss: Math.LN2 - step / 100,
      accuracy: 0.75,
      reward_margin: step / 100,
      log_ratio_chosen: step / 100,
      log_ratio_margin: step / 10,
      gradient_norm: 1,
      epoch: step / STEPS,
      ...values,
    },
  });
}

function prepare() {
  say({ kind: 'phase', phase: 'loading', done: 1, total: 2 });
  say({ kind: 'phase', phase: 'tokenizing' });
  say({ kind: 'phase', phase: 'reference', done: 120, total: 2312 });
  say({ kind: 'plan', totalSteps: STEPS, pairs: 40, evalPairs: 4, device: 'script' });
}

/** @param {number} step */
function save(step) {
  mkdirSync(file(`checkpoints/${step}`), { recursive: true });
  say({ kind: 'checkpoint', step });
}

/** Goes on from the newest checkpoint, without the lines that are repeated. */
function resume() {
  const steps = existsSync(file('checkpoints')) ? readdirSync(file('checkpoints')).map(Number) : [];
  const step = Math.max(0, ...steps);
  for (const name of ['metrics.jsonl', 'trainer.jsonl']) {
    if (!existsSync(file(name))) continue;
    const lines = readFileSync(file(name), 'utf8').split('\n').slice(0, -1);
    const kept = lines.filter((line) => !(JSON.parse(line).step > step));
    if (kept.length === lines.length) continue;
    writeFileSync(file(`${name}.tmp`), kept.map((line) => `${line}\n`).join(''));
    renameSync(file(`${name}.tmp`), file(name));
  }
  if (step > 0) say({ kind: 'resumed', step });
  return step;
}

/** @param {number} from @param {number} to @param {number} time */
async function train(from, to, time) {
  say({ kind: 'phase', phase: 'training' });
  for (let step = from + 1; step <= to; step++) {
    measure(step);
    if (step % 5 === 0) save(step);
    await pause(time);
  }
}

/** @type {Record<string, () => Promise<void> | void>} */
const SCENARIOS = {
  async answers() {
    prepare();
    say({ kind: 'phase', phase: 'training' });
    for (const step of [0, 10, STEPS]) {
      append('metrics.jsonl', { step, split: 'eval', values: { ended: 1 } });
      const text = (/** @type {string} */ words) => ({ text: words, tokens: 1, ended: true });
      const samples = ['one', 'two'].map((prompt) => ({
        prompt,
        policy: text(step === 0 || (step === 10 && prompt === 'one') ? 'fig' : 'fig fig'),
        reference: text('fig'),
      }));
      say({ kind: 'samples', step, samples });
      await pause(30);
    }
    for (let step = 1; step <= STEPS; step++) measure(step);
    say({ kind: 'completed', step: STEPS });
  },
  async completes() {
    prepare();
    await train(0, STEPS, 1);
    say({ kind: 'phase', phase: 'saving' });
    say({ kind: 'completed', step: STEPS });
  },
  fails() {
    prepare();
    say({ kind: 'failed', message: 'The disk is full. Free space and resume the run.' });
    process.exit(1);
  },
  async 'is killed'() {
    await train(0, 3, 1);
    console.log('step 3 done');
    die();
  },
  async 'runs out of memory'() {
    console.log('\u001b[31mRuntimeError: CUDA out of memory.\u001b[0m');
    process.exit(1);
  },
  'says nothing'() {
    prepare();
  },
  async 'is deaf'() {
    process.on('SIGTERM', () => {});
    await train(0, 2, 1);
    await forever();
  },
  async 'leaves a child'() {
    const child = spawn(
      process.execPath,
      ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);"],
      {
        stdio: 'ignore',
      },
    );
    writeFileSync(file('child.pid'), String(child.pid));
    child.unref();
    await train(0, STEPS, 1);
    say({ kind: 'completed', step: STEPS });
  },
  async floods() {
    const block = `${'x'.repeat(1023)}\n`.repeat(1024);
    for (let megabyte = 0; megabyte < 50; megabyte++) writeFileSync(1, block);
    await train(0, STEPS, 1);
    say({ kind: 'completed', step: STEPS });
  },
  async 'writes half a line'() {
    await train(0, 3, 1);
    appendFileSync(file('metrics.jsonl'), '{"step":4,"time":17');
    die();
  },
  async 'goes on and on'() {
    prepare();
    let stopped = false;
    process.on('SIGTERM', () => {
      stopped = true;
    });
    const start = resume();
    say({ kind: 'phase', phase: 'training' });
    const last = start === 0 ? 1_000_000 : STEPS;
    let step = start;
    while (step < last && !stopped) {
      measure(++step);
      if (step === 5) save(step);
      await pause(10);
    }
    if (!stopped) return say({ kind: 'completed', step });
    save(step);
    say({ kind: 'stopped', step });
  },
  async 'goes silent'() {
    await train(0, 2, 1);
    await forever();
  },
  async degenerates() {
    process.on('SIGTERM', () => {
      say({ kind: 'stopped', step: 10 });
      process.exit(0);
    });
    say({ kind: 'phase', phase: 'training' });
    const evaluate = (/** @type {number} */ step, /** @type {number} */ ended) =>
      append('metrics.jsonl', { step, split: 'eval', values: { ended, generated_length: 20 } });
    evaluate(0, 1);
    await train(0, 10, 1);
    evaluate(10, 0.25);
    await forever();
  },
};

writeFileSync(file('trainer.pid'), String(process.pid));
await SCENARIOS[scenario]?.();
process.exit(0);
