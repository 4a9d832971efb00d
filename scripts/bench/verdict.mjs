import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { bundleTypeScript, loadTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const RUNS = scaled(2000, 60);
/** Sweeps that a worker draws at a time. */
const BLOCK = scaled(100, 60);
/** Shares that must hold; a small run may differ by chance. */
const MOST_WRONG = scaled(0.05, 0.15);
const LEAST_DECIDED = scaled(0.8, 0.65);
/** Three seeds, ninety prompts, ten answers: where a clear lead has to be found. */
const isUsual = ({ seeds, prompts, answers }) => seeds === 3 && prompts === 90 && answers === 10;
/** Twice the tolerance. */
const CLEAR_LEAD = 0.04;

/**
 * Draws sweeps from true curves, decides each, and counts how often a beta is taken, and how often wrongly: one that loses
 * more than the tolerance of 2 points to the best.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureVerdict({ print, fail }) {
  const file = await bundleTypeScript('scripts/bench/verdict/worker.ts');
  const { CURVES } = await loadTypeScript('scripts/bench/verdict/curves.ts');
  const { FAMILIES } = await loadTypeScript('scripts/bench/verdict/families.ts');
  const { CELLS } = await loadTypeScript('scripts/bench/verdict/cells.ts');
  const usual = CELLS.findIndex(isUsual);
  const curves = [
    ...CURVES.map(({ name, betas }) => ({ name, isClear: leadOf(betas) >= CLEAR_LEAD - 1e-9 })),
    ...FAMILIES.map(({ name }) => ({ name, isClear: false })),
  ];
  const results = await countAll(file, curves.length, CELLS.length);
  print(
    `decision: ${curves.length} curves, ${CELLS.length} cells each of ${RUNS} simulated sweeps, tolerance 2 points`,
  );
  print('| curve | taken at 3 x 90 x 10 | wrong there | most wrong of any cell |');
  print('|---|---|---|---|');
  curves.forEach(({ name, isClear }, index) => {
    if (index === CURVES.length) print('| **not used for tuning: random curves** | | | |');
    const { taken, wrong } = results[index];
    const worst = wrong.indexOf(Math.max(...wrong));
    const { seeds, prompts, answers } = CELLS[worst];
    const place = wrong[worst] === 0 ? '' : ` (${seeds} x ${prompts} x ${answers})`;
    if (wrong[worst] > MOST_WRONG * RUNS)
      fail(`${name}: a wrong beta in ${share(wrong[worst])} of a cell's sweeps`);
    if (isClear && taken[usual] < LEAST_DECIDED * RUNS)
      fail(`${name}: decided in only ${share(taken[usual])} although one beta leads by 4 points`);
    print(
      `| ${name} | ${share(taken[usual])}${isClear ? ' (clear lead)' : ''} | ${share(wrong[usual])} | ${share(wrong[worst])}${place} |`,
    );
  });
}

/** What the best has before the second: a share. */
function leadOf(betas) {
  const [first, second] = betas.map(({ winRate }) => winRate).sort((a, b) => b - a);
  return first - second;
}

function share(count) {
  return `${((100 * count) / RUNS).toFixed(1)} %`;
}

/** Counts by curve; a task at a time for each worker. */
async function countAll(file, curves, cells) {
  const results = Array.from({ length: curves }, () => ({
    taken: Array(cells).fill(0),
    wrong: Array(cells).fill(0),
  }));
  const waiting = results.flatMap((_, truth) =>
    Array.from({ length: Math.ceil(RUNS / BLOCK) }, (_, block) => ({
      truth,
      first: block * BLOCK,
      runs: Math.min(BLOCK, RUNS - block * BLOCK),
    })),
  );
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
      worker.on('message', (counts) => {
        for (const kind of ['taken', 'wrong'])
          counts[kind].forEach((count, cell) => {
            results[task.truth][kind][cell] += count;
          });
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}
