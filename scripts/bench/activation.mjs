import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, root } from '../bundles.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { scaled } from './scale.mjs';

const PROCESSES = scaled(15, 2);
/** Milliseconds. */
const TARGET = 50;

/**
 * Loads and activates the extension, bundled as it ships, in fresh processes, each with a stand-in for VS Code.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureActivation({ print, fail }) {
  const outdir = temporaryFolder('dpo-lab-bench-');
  await build(bundleOptions('extension', { production: true, outdir }));
  const extension = path.join(outdir, 'extension.js');
  const child = path.join(root, 'scripts/bench/activate.cjs');
  const runs = [];
  for (let run = 0; run < PROCESSES; run++) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [child, extension], { encoding: 'utf8' });
    if (status !== 0)
      return fail(`activation: failed. ${stderr.split('\n').find((line) => /Error/.test(line)) ?? ''}`);
    runs.push(JSON.parse(stdout));
  }
  const times = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  const files = new Set(
    runs.flatMap((run) => run.files.map((/** @type {string} */ file) => path.basename(file))),
  );
  print(
    `activation: ${median.toFixed(1)} ms median of ${PROCESSES} fresh processes (${times[0].toFixed(1)} to ${times.at(-1).toFixed(1)}), target ${TARGET} ms`,
  );
  print(`activation loaded: ${[...files].join(', ')}`);
}
