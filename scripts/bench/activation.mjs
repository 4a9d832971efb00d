import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundles.mjs';

const PROCESSES = 15;
/** Milliseconds. */
const TARGET = 50;

/** Loads and activates dist/extension.js in fresh processes, each with a stand-in for VS Code. */
export async function measureActivation() {
  const extension = path.join(root, 'dist/extension.js');
  if (!existsSync(extension)) return ['activation: dist/extension.js is not built; run npm run build'];
  const child = path.join(root, 'scripts/bench/activate.cjs');
  const runs = [];
  for (let run = 0; run < PROCESSES; run++) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [child, extension], { encoding: 'utf8' });
    if (status !== 0)
      return [`activation: failed. ${stderr.split('\n').find((line) => /Error/.test(line)) ?? ''}`];
    runs.push(JSON.parse(stdout));
  }
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  const files = new Set(
    runs.flatMap((run) => run.files.map((/** @type {string} */ file) => path.relative(root, file))),
  );
  return [
    `activation: ${median.toFixed(1)} ms median of ${PROCESSES} fresh processes (${times[0].toFixed(1)} to ${times.at(-1).toFixed(1)}), target ${TARGET} ms`,
    `activation loaded: ${[...files].join(', ')}`,
  ];
}
