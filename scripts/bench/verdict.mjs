import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { bundleTypeScript, loadTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const RUNS = scaled(2000, 60);
const SEEDS = scaled([1, 2, 3, 5], [2, 3]);
const PROMPTS = scaled([10, 30, 90, 805], [10, 90]);
const SAMPLES = scaled([1, 3, 10], [1, 10]);
/** Shares that must hold; a small run may differ by chance. */
const MOST_WRONG = scaled(0.05, 0.12);
const LEAST_DECIDED = scaled(0.8, 0.65);
/** Three seeds, ninety prompts, ten answers: where a clear lead has to be found. */
const isUsual = ({ seeds, prompts, samples }) => seeds === 3 && prompts === 90 && samples === 10;

/**
 * Draws sweeps from true curves, decides each, and counts how often a beta is taken, and how often wrongly: one that loses
 * more than the tolerance of 2 points to the best.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureVerdict({ print, fail }) {
  const file = await bundleTypeScript('scripts/bench/verdict/worker.ts');
  const { CURVES } = await loadTypeScript('scripts/bench/verdict/curves.ts');
  const tasks = CURVES.flatMap((_, curve) =>
    SEEDS.flatMap((seeds) =>
      PROMPTS.flatMap((prompts) =>
        SAMPLES.map((samples) => ({ curve, seeds, prompts, samples, runs: RUNS })),
      ),
    ),
  );
  const results = await inWorkers(file, tasks);
  print(`decision: ${results.length} cells of ${RUNS} simulated sweeps, tolerance 2 points`);
  print(
    'curve                                            taken at 3 x 90 x 10   wrong there   most wrong of any cell',
  );
  CURVES.forEach(({ name }, curve) => {
    const own = results.filter(({ task }) => task.curve === curve);
    const usual = own.find(({ task }) => isUsual(task));
    const worst = own.reduce((top, one) => (one.wrong > top.wrong ? one : top));
    const place =
      worst.wrong === 0 ? '' : ` (${worst.task.seeds} x ${worst.task.prompts} x ${worst.task.samples})`;
    if (worst.wrong > MOST_WRONG * RUNS)
      fail(`${name}: a wrong beta in ${share(worst.wrong, RUNS)} of a cell's sweeps`);
    if (usual.isClear && usual.taken < LEAST_DECIDED * RUNS)
      fail(`${name}: decided in only ${share(usual.taken, RUNS)} although one beta leads by 4 points`);
    print(
      `${name.padEnd(48)} ${share(usual.taken, RUNS).padStart(9)}${usual.isClear ? ' (clear lead)' : '             '}${share(usual.wrong, RUNS).padStart(12)}   ${share(worst.wrong, RUNS)}${place}`,
    );
  });
}

function share(count, runs) {
  return `${((100 * count) / runs).toFixed(1)} %`;
}

/** Results in the order in which they come; a task at a time for each worker. */
async function inWorkers(file, tasks) {
  const waiting = [...tasks].sort(
    (a, b) => b.prompts * b.samples * b.seeds - a.prompts * a.samples * a.seeds,
  );
  const results = [];
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(file);
      let task;
      const next = () => {
        task = waiting.shift();
        if (task) worker.postMessage(task);
        else worker.terminate().then(resolve, reject);
      };
      worker.on('error', reject);
      worker.on('message', (result) => {
        results.push({ task, ...result });
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}
