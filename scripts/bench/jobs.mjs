import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../bundles.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { bundleTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const JOBS = scaled(100, 3);
/** Seconds of watching. */
const WATCHED = scaled(20, 2);
/** Ticks of the system's clock a second, in which Linux counts the time of processes. */
const TICKS = 100;

/** @typedef {{ live: number, processor: number, drawn: number, blocked: number, lateness: number[], degraded?: string }} Read */

/**
 * A hundred jobs at once, each a process with a trainer that only logs, and what reading them takes. Linux only.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureJobs({ print, fail }) {
  if (process.platform !== 'linux')
    return fail('NOT MEASURED: times of processes are read from /proc, which only Linux has');
  const job = await bundleTypeScript('src/job/main.ts');
  const reader = await bundleTypeScript('scripts/bench/jobs-reader.ts');
  print(`${JOBS} jobs at once, each with a trainer; load average before ${loadavg()[0]?.toFixed(1)}`);
  for (const [seconds, what] of /** @type {const} */ ([
    [1, 'every trainer logs a line a second'],
    [3600, 'no trainer logs anything: only signs of life'],
  ])) {
    const folder = temporaryFolder('dpo-lab-bench-');
    const jobs = start(job, folder, seconds);
    try {
      const began = performance.now();
      while (statesOf(folder).filter((state) => state === 'running').length < JOBS) await delay(100);
      print(`${what}; all run after ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const trainers = statesOf(folder, 'trainer').map(Number);
      // What starting took is over.
      await delay(5000);
      const pids = jobs.map(({ pid }) => Number(pid));
      const before = [pids, trainers].map(timeOf);
      const read = await outputOf(spawn(process.execPath, [reader, folder, String(WATCHED)]));
      const after = [pids, trainers].map(timeOf);
      const shares = after.map((time, index) => (100 * (time - (before[index] ?? 0))) / (WATCHED + 9));
      print(`  reader: ${figures(JSON.parse(read))}`);
      print(
        `  the jobs: ${shares[0]?.toFixed(1)} % of a processor, all together; the trainers: ${shares[1]?.toFixed(1)} %`,
      );
    } finally {
      const ended = jobs.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of jobs) child.kill('SIGTERM');
      await Promise.all(ended);
    }
  }
}

/** @param {string} job @param {string} folder @param {number} seconds */
function start(job, folder, seconds) {
  return Array.from({ length: JOBS }, (_, index) => {
    const id = `20261123-141530-beta0.1-${1000 + index}`;
    const sweep = `20261123-141530-sweep-${1000 + index}`;
    const common = { format: 2, created: Date.now(), configFile: '/work/a.dpo.yaml' };
    const run = {
      ...common,
      id,
      sweep,
      producer: { kind: 'onnx', trainer: 'dpo-lab' },
      config: { objective: { beta: 0.1 }, training: { seed: 0 } },
      configText: '',
      configHash: '0'.repeat(64),
      baseFolder: folder,
      dataFolder: folder,
      versions: {},
    };
    const fake = path.join(root, 'scripts/bench/fake-trainer.mjs');
    const plan = {
      ...common,
      id: sweep,
      runs: [id],
      parallel: 1,
      stopDegenerate: false,
      trainer: [process.execPath, fake, String(seconds)],
    };
    writeJson(path.join(folder, 'runs', id, 'run.json'), run);
    writeJson(path.join(folder, 'sweeps', sweep, 'sweep.json'), plan);
    return spawn(process.execPath, [job, path.join(folder, 'sweeps', sweep)], { stdio: 'ignore' });
  });
}

/** @param {string} file @param {object} value */
function writeJson(file, value) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}

/** @param {string} folder @param {string} [key] */
function statesOf(folder, key = 'state') {
  return readdirSync(path.join(folder, 'runs')).flatMap((id) => {
    try {
      return JSON.parse(readFileSync(path.join(folder, 'runs', id, 'status.json'), 'utf8'))[key] ?? [];
    } catch {
      return [];
    }
  });
}

/** Seconds of a processor. @param {number[]} pids */
function timeOf(pids) {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS;
}

/** @param {import('node:child_process').ChildProcessWithoutNullStreams} child */
async function outputOf(child) {
  let output = '';
  child.stderr.pipe(process.stderr);
  for await (const text of child.stdout) output += text;
  return output;
}

/** @param {Read} read */
function figures({ live, processor, drawn, blocked, lateness, degraded }) {
  const sorted = lateness.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const late =
    sorted.length === 0
      ? ''
      : `; ${sorted.length} lines shown after ${at(0.5)} ms median, ${at(0.99)} ms 99th percentile, ${sorted.at(-1)} ms at most; target 2,000 ms`;
  return `${(100 * processor).toFixed(1)} % of a processor, ${live} runs live, list drawn ${drawn} times, never blocked for longer than ${blocked.toFixed(0)} ms${late}${degraded ? `; ${degraded}` : ''}`;
}
