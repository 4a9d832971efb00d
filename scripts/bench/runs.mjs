import { spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder.mjs';
import { bundleTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const LINES = scaled(1_000_000, 5_000);
const ROUNDS = scaled(3, 1);
const LIVE = 100;
/** Seconds of watching. */
const WATCHED = scaled(20, 2);

/**
 * @typedef {{ wall: number, processor: number, memory: number, arrays: number }} Used milliseconds, milliseconds, bytes, bytes
 * @typedef {Used & { latencies: number[], ready: number, degraded?: string }} Watched
 */

/**
 * Reading at scale: opening long metrics, listing and watching many runs, each in a process of its own beside a peer.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureRuns({ print }) {
  const child = await bundleTypeScript('scripts/bench/runs-child.ts');
  const folder = temporaryFolder('dpo-lab-bench-');
  /** @param {string} task @param {string} at @param {number} [number] @returns {Promise<any>} */
  const run = async (task, at, number) => JSON.parse(await outputOf(start(child, task, at, number)));
  /** The round with the median of the processor's time. @param {string} task @param {string} at @param {number} [number] @returns {Promise<Used>} */
  const median = async (task, at, number) => {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await run(task, at, number));
    return rounds.sort((a, b) => a.processor - b.processor)[Math.floor(ROUNDS / 2)];
  };
  const file = path.join(folder, 'metrics.jsonl');
  await run('make metrics', folder, LINES);
  const size = statSync(file).size / 1e6;
  print(
    `opening ${LINES.toLocaleString('en-US')} lines of metrics (${size.toFixed(0)} MB), median of ${ROUNDS} fresh processes; load average before ${loadavg()[0]?.toFixed(1)}`,
  );
  const all = await median('open all', folder, LINES);
  print(`  all columns (16 of training, 17 of evaluations): ${figures(all)}; target 2,000 ms`);
  const chosen = await median('open chosen', folder, LINES);
  print(`  10 columns that a panel shows: ${figures(chosen)}; target 50 MB`);
  const objects = await median('open objects', folder);
  print(`  peer, JSON.parse of each line into objects: ${figures(objects)}`);
  rmSync(file);

  const idle = path.join(folder, 'idle', '.dpo');
  await run('make', idle, 0);
  print(`listing 1,000 runs, median of ${ROUNDS} fresh processes`);
  print(`  listRuns: ${figures(await median('list', idle))}`);
  print(`  peer, the same files with readFileSync: ${figures(await median('list plainly', idle))}`);

  print(`watching 1,000 runs that have ended, ${WATCHED} s`);
  print(`  watchRuns: ${watchFigures(await run('watch', idle, WATCHED))}; target 10 % of a processor`);
  print(
    `  peer, chokidar on the whole folder: ${watchFigures(await run('watch with chokidar', idle, WATCHED))}`,
  );

  const busy = path.join(folder, 'busy', '.dpo');
  await run('make', busy, LIVE);
  print(`watching 1,000 runs, ${LIVE} of them with a line a second and a status every two, ${WATCHED} s`);
  const writer = start(child, 'write', busy);
  try {
    print(
      `  watchRuns: ${watchFigures(await run('watch', busy, WATCHED))}; target 300 ms, none over 2,000 ms`,
    );
    print(
      `  peer, fs.watch in the place of chokidar: ${watchFigures(await run('watch with fs.watch', busy, WATCHED))}`,
    );
    print(
      `  peer, chokidar on the whole folder: ${watchFigures(await run('watch with chokidar', busy, WATCHED))}`,
    );
  } finally {
    writer.kill();
  }
}

/** @param {string} child @param {string} task @param {string} at @param {number} [number] */
function start(child, task, at, number = 0) {
  const memory = ['--expose-gc', '--max-old-space-size=8192'];
  return spawn(process.execPath, [...memory, child, task, at, String(number)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @param {ReturnType<typeof start>} child @returns {Promise<string>} */
async function outputOf(child) {
  let output = '';
  for await (const text of child.stdout) output += text;
  return output;
}

/** @param {Used} used */
function figures({ wall, processor, memory, arrays }) {
  const series = arrays > 1e6 ? `, ${(arrays / 1e6).toFixed(0)} MB of them series` : '';
  return `${wall.toFixed(0)} ms, ${processor.toFixed(0)} ms of a processor, ${(memory / 1e6).toFixed(0)} MB stay${series}`;
}

/** @param {Watched} watched */
function watchFigures({ wall, processor, memory, latencies, ready, degraded }) {
  const sorted = latencies.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const latency =
    sorted.length === 0
      ? ''
      : `; ${sorted.length} lines read after ${at(0.5)} ms median, ${at(0.99)} ms 99th percentile, ${sorted.at(-1)} ms at most`;
  return `${((100 * processor) / wall).toFixed(1)} % of a processor, ${(memory / 1e6).toFixed(0)} MB, ready after ${ready.toFixed(0)} ms${latency}${degraded ? `; ${degraded}` : ''}`;
}
