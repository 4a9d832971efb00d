import { spawn, spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../bundles.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { scaled } from './scale.mjs';

const FOLDER = path.join(root, '.cache/tensorboard');
const PYTHON = path.join(FOLDER, 'bin/python');
/** Milliseconds after which TensorBoard counts as stuck. */
const PATIENCE = scaled(180_000, 45_000);

/**
 * TensorBoard with the same points, in the same browser.
 *
 * @param {any} browser
 * @param {{ metrics: string[], steps: number, viewport: { width: number, height: number } }} run
 * @param {Pick<import('../bench.mjs').Bench, 'print' | 'fail'>} bench
 */
export async function measureTensorBoard(browser, { metrics, steps, viewport }, { print, fail }) {
  const reason = install();
  if (reason !== undefined) return fail(`  peer, TensorBoard: NOT MEASURED, ${reason}`);
  const folder = temporaryFolder('dpo-lab-bench-');
  const tags = metrics.map((metric) => `train/${metric}`);
  const writer = path.join(root, 'scripts/bench/panel_events.py');
  spawnSync(PYTHON, [writer, folder, String(steps), ...metrics], { stdio: 'ignore' });
  for (const [samples, words] of /** @type {const} */ ([
    ['scalars=1000', '1,000 points of each series, as it does by default'],
    ['scalars=10000000', 'all points'],
  ])) {
    const { read, drawn } = await measureOnce(browser, folder, samples, { tags, steps, viewport });
    print(
      `  peer, TensorBoard, ${words}: all read ${read.toFixed(0)} ms after its start; then ${drawn} from opening the page to the last chart`,
    );
  }
}

/** @returns {string | undefined} why it is not there */
function install() {
  if (existsSync(PYTHON)) return undefined;
  const unfinished = `${FOLDER}.${process.pid}`;
  const commands = [
    ['python3', '-I', '-m', 'venv', unfinished],
    [
      path.join(unfinished, 'bin/python'),
      '-I',
      '-m',
      'pip',
      'install',
      '--quiet',
      'tensorboard',
      'setuptools',
    ],
  ];
  for (const [program = '', ...args] of commands) {
    if (spawnSync(program, args, { stdio: 'ignore' }).status === 0) continue;
    rmSync(unfinished, { recursive: true, force: true });
    return 'it could not be installed from PyPI';
  }
  renameSync(unfinished, FOLDER);
  return undefined;
}

/**
 * @param {any} browser
 * @param {string} folder
 * @param {string} samples
 * @param {{ tags: string[], steps: number, viewport: { width: number, height: number } }} run
 */
async function measureOnce(browser, folder, samples, { tags, steps, viewport }) {
  const port = await freePort();
  const start = performance.now();
  const server = spawn(
    PYTHON,
    [
      '-I',
      '-m',
      'tensorboard.main',
      '--logdir',
      folder,
      '--port',
      String(port),
      '--samples_per_plugin',
      samples,
    ],
    { stdio: 'ignore' },
  );
  try {
    const data = `http://localhost:${port}/data/plugin/scalars/scalars?run=.&tag=`;
    for (const tag of tags) while ((await lastStep(data + tag)) !== steps) await pause(start);
    const read = performance.now() - start;
    const page = await browser.newPage({ viewport });
    const opened = performance.now();
    await page.goto(`http://localhost:${port}/#timeseries`);
    // A chart's axis goes up to its last step as soon as it has points; without them it ends at 1.
    const drawn = await page
      .waitForFunction(
        (/** @type {number} */ count) =>
          [...document.querySelectorAll('line-chart')].filter(({ textContent }) =>
            /\d,000|\dk\b/.test(textContent ?? ''),
          ).length === count,
        tags.length,
        { polling: 'raf', timeout: PATIENCE },
      )
      .then(() => `${(performance.now() - opened).toFixed(0)} ms`)
      .catch(() => `more than ${PATIENCE / 1000} s`);
    await page.close();
    return { read, drawn };
  } finally {
    server.kill();
  }
}

/** @param {string} address @returns {Promise<number | undefined>} */
async function lastStep(address) {
  try {
    const points = await (await fetch(address)).json();
    return points.at(-1)?.[1];
  } catch {
    return undefined;
  }
}

/** @param {number} start */
async function pause(start) {
  if (performance.now() - start > PATIENCE) throw new Error('TensorBoard did not read its events.');
  await delay(50);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
