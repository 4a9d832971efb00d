// npm run fuzz [-- --minutes 10] [--cases 1000000] [--seed 1] [--only configs|runs]: changed configs are checked and shown,
// changed run folders read, each kind for that many minutes, or until it has had that many cases. Fails where something
// throws, takes over 2 seconds of a processor, hides a good run, or writes outside of the data folder. A case is made again
// by its number: --seed NUMBER.
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from './temporary-folder.mjs';
import { bundleTypeScript } from './typescript.mjs';

/** Milliseconds of a processor for one case, and by the clock until it counts as one that never ends. */
const LIMIT = 2000;
const ENDLESS = 120_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    cases: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const count = Number(values.cases ?? Number.MAX_SAFE_INTEGER);
const minutes = Number(values.minutes ?? (values.cases === undefined ? 1 : 1e6));
const first = Number(values.seed);
if (!(minutes > 0) || !Number.isSafeInteger(first) || !Number.isSafeInteger(count))
  throw new Error('--minutes, --cases and --seed are numbers.');

const bundle = await bundleTypeScript('scripts/fuzz/fuzz.ts');
const kinds = ['configs', 'runs'].filter((kind) => values.only === undefined || values.only === kind);
// One after the other: the time of the processor is that of the whole process.
for (const kind of kinds) if ((await fuzz(kind)) > 0) process.exitCode = 1;

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
  for (let next = first; Date.now() < until && next < first + count; next = cases[0] + 1) {
    const folder = path.join(temporaryFolder('dpo-lab-fuzz-'), kind);
    const worker = new Worker(new URL('fuzz/worker.mjs', import.meta.url), {
      workerData: { bundle, kind, folder, seed: next, until, end: first + count, state, limit: LIMIT },
      // Most of what a case makes is dropped with it: less often collected, a quarter of the time is saved.
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    worker.on('message', ({ number, problem }) => report(number, problem));
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('error', (error) => report(cases[0], error.stack));
    if (!(await watch(ended, cases))) {
      report(cases[0], `has not ended after ${ENDLESS / 1000} seconds`);
      await worker.terminate();
    }
  }
  console.log(`${kind}: ${cases[1].toLocaleString('en')} cases from ${first} on, ${problems} problems`);
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
