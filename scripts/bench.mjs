// node scripts/bench.mjs NAME [--small]: speed and size of what is built. Fails when any part of it could not be measured.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './set-up.mjs';

/**
 * @typedef {object} Bench
 * @property {(line: string) => void} print called as soon as a line is known
 * @property {(line: string) => void} fail prints why a part was not measured or missed a budget; the command fails
 * @property {string | undefined} python an interpreter with TRL; undefined for the environment that tests use
 * @property {string | undefined} model a model folder; undefined for SmolLM2-135M
 */

/** @type {Record<string, { what: string, run: (bench: Bench) => Promise<void> }>} */
const BENCHES = {
  check: {
    what: 'speed of checking, activation of the extension, sizes',
    run: async (bench) => {
      const { loadTypeScript } = await import('./typescript.mjs');
      const { measureChecks } = await loadTypeScript('scripts/bench/check.ts');
      const { pythonParserFiles } = await import('./bundles.mjs');
      const { lines, missed } = await measureChecks(pythonParserFiles());
      for (const line of lines) bench.print(line);
      for (const line of missed) bench.fail(`misses its target: ${line}`);
      await (await import('./bench/discovery.mjs')).measureDiscovery(bench);
      await (await import('./bench/activation.mjs')).measureActivation(bench);
      await (await import('./bench/size.mjs')).measureSizes(bench);
    },
  },
  size: {
    what: 'sizes of what is built, against their budgets',
    run: async (bench) => (await import('./bench/size.mjs')).measureSizes(bench),
  },
  panel: {
    what: 'the run panel in a browser, beside TensorBoard; minutes',
    run: async (bench) => (await import('./bench/panel.mjs')).measurePanel(bench),
  },
  runs: {
    what: 'reading and watching runs; minutes',
    run: async (bench) => (await import('./bench/runs.mjs')).measureRuns(bench),
  },
  jobs: {
    what: 'a hundred jobs at once; minutes',
    run: async (bench) => (await import('./bench/jobs.mjs')).measureJobs(bench),
  },
  train: {
    what: 'the trainer beside TRL [--python PATH]; minutes',
    run: async (bench) => (await import('./bench/train.mjs')).measureTraining(bench),
  },
  foreign: {
    what: 'watching TRL as its own command, and a sweep of it [--python PATH] [--model FOLDER]; a quarter of an hour',
    run: async (bench) => (await import('./bench/foreign.mjs')).measureForeign(bench),
  },
  verdict: {
    what: 'how often simulated sweeps take a beta, and a wrong one; minutes',
    run: async (bench) => (await import('./bench/verdict.mjs')).measureVerdict(bench),
  },
  alarms: {
    what: 'what alarms say of recorded runs, healthy and broken (with DPO_LAB_TRAIN=1 trains them again: tens of minutes)',
    run: async (bench) => (await import('./bench/alarms.mjs')).measureAlarms(bench),
  },
  adaptive: {
    what: 'sweeps that train in rounds: whether they find a good beta, and with how many runs',
    run: async (bench) => (await import('./bench/adaptive.mjs')).measureAdaptive(bench),
  },
  torch: {
    what: 'the torch trainer beside TRL [--python PATH] [--model FOLDER]; a quarter of an hour',
    run: async (bench) => (await import('./bench/torch.mjs')).measureTorch(bench),
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string' },
    model: { type: 'string' },
    small: { type: 'boolean', default: false },
  },
});
const chosen = BENCHES[positionals[0] ?? ''];
if (!chosen || positionals.length > 1) {
  for (const [name, { what }] of Object.entries(BENCHES))
    console.error(`npm run bench ${name.padEnd(8)}${what}`);
  console.error(
    'With -- --small each does everything at its smallest: a test that it works, not a measurement.',
  );
  process.exit(2);
}
ensureDependencies();
if (values.small) process.env.DPO_LAB_BENCH = 'small';
console.log(
  `machine: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`,
);
/** @param {string} line */
const fail = (line) => {
  console.log(line);
  process.exitCode = 1;
};
try {
  await chosen.run({ print: console.log, fail, python: values.python, model: values.model });
} catch (error) {
  fail(`FAILED: ${error instanceof Error ? error.message : error}`);
}
// What was measured may have left timers and watchers behind.
process.exit();
