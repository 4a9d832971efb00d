// npm run fuzz [-- --minutes 10] [--seed 1] [--only configs|runs]: changed configs are checked and changed run folders read.
// Fails where something throws, takes over 2 seconds, hides a good run, or writes outside of the data folder. A case is made
// again by its number: --seed NUMBER.
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from './temporary-folder.mjs';
import { bundleTypeScript } from './typescript.mjs';

/** Milliseconds for one case, and until it counts as one that never ends. */
const LIMIT = 2000;
const ENDLESS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error('--minutes and --seed are numbers.');

const bundle = await bundleTypeScript('scripts/fuzz/fuzz.ts');
const kinds = ['configs', 'runs'].filter((kind) => values.only === undefined || values.only === kind);
const results = await Promise.all(kinds.map(fuzz));
process.exitCode = results.every((problems) => problems === 0) ? 0 : 1;

/** @returns {Promise<number>} problems found */
async function fuzz(kind) {
  const until = Date.now() + minutes * 60_000;
  const state = new SharedArrayBuffer(8);
  const cases = new Int32Array(state);
  let problems = 0;
  const report = (number, problem) => {
    problems++;
    console.error(`${kind}, case ${number}: ${problem}`);
  };
  let next = seed;
  while (Date.now() < until) {
    const folder = path.join(temporaryFolder('dpo-lab-fuzz-'), kind);
    const worker = new Worker(new URL('fuzz/worker.mjs', import.meta.url), {
      workerData: { bundle, kind, folder, seed: next, until, state, limit: LIMIT },
    });
    worker.on('message', ({ number, problem }) => report(number, problem));
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('error', (error) => report(cases[0], error.stack));
    if (!(await watch(ended, cases))) {
      report(cases[0], `has not ended after ${ENDLESS / 1000} seconds`);
      await worker.terminate();
    }
    next = cases[0] + 1;
  }
  console.log(`${kind}: ${cases[1].toLocaleString('en')} cases from ${seed} on, ${problems} problems`);
  return problems;
}

/** False where one case takes too long. */
async function watch(ended, cases) {
  let [number, since] = [cases[0], performance.now()];
  for (;;) {
    if (await Promise.race([ended.then(() => true), delay(100, false)])) return true;
    if (cases[0] !== number) [number, since] = [cases[0], performance.now()];
    else if (performance.now() - since > ENDLESS) return false;
  }
}
