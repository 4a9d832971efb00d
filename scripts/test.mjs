// node scripts/test.mjs [--quick]: everything that must pass before a change lands. --quick leaves out VS Code.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { preparePython } from './python-env.mjs';
import { prepareSmolLm2 } from './python-smollm2.mjs';
import { ensureDependencies } from './set-up.mjs';
import { root, runStep } from './test-step.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const vitestResults = path.join(root, '.cache/test/vitest.json');
const packages = path.join(root, '.cache/test/packages');
const counts = { passed: 0, failed: 0, skipped: 0 };

ensureDependencies();
mkdirSync(path.dirname(vitestResults), { recursive: true });
rmSync(vitestResults, { force: true });

// A step without tests of its own counts only when it fails, so that a failure is never summed up as none.
await plainStep('generated files are fresh', ['node', 'scripts/generate.mjs', '--check']);
await plainStep('style (biome)', ['biome', 'check', '--error-on-warnings']);
await plainStep('types (tsc)', ['tsc']);
await plainStep('types of panels (tsc)', ['tsc', '-p', 'tsconfig.webview.json']);
await plainStep('unused code (knip)', ['knip']);
await plainStep('licences of others are listed', ['node', 'scripts/notices.mjs', '--check']);
await plainStep('build', ['node', 'scripts/build.mjs', '--production']);
lendPython();
// The browser brings the software driver on which WebGPU is tested; tests that miss anything of it say so.
if (!values.quick) await runStep('VS Code and a browser', ['node', 'test/vscode/install.mjs']);
await testStep(
  'tests (vitest)',
  ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestResults}`],
  countVitest,
);
await plainStep('bundle size', ['node', 'scripts/bench.mjs', 'size']);
for (const name of benches())
  await plainStep(`bench ${name}, smallest`, ['node', 'scripts/bench.mjs', name, '--small']);
if (!values.quick) {
  await testStep('in VS Code', ['node', 'test/vscode/run.mjs'], countVsCode);
  await plainStep('a package for VS Code', ['node', 'scripts/package.mjs', 'linux-x64', '--out', packages]);
  const installed = ['--vsix', path.join(packages, 'dpo-lab-linux-x64.vsix'), '--grep', 'package'];
  await testStep('that package in VS Code', ['node', 'test/vscode/run.mjs', ...installed], countVsCode);
}

const { passed, failed, skipped } = counts;
if (process.env.CI === 'true' && skipped > 0) {
  console.log('CI=true: a skipped test counts as a failure, because what it checks was not checked.');
  process.exitCode = 1;
}
if (failed > 0 || passed === 0) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

/** Those whose tools are here; what is missing has been named by then. */
function benches() {
  const python = process.env.DPO_LAB_TEST_PYTHON === undefined ? [] : ['train', 'torch', 'foreign'];
  return [
    'check',
    'verdict',
    ...(process.platform === 'linux' ? ['jobs', 'runs'] : []),
    ...python,
    ...(values.quick ? [] : ['panel']),
  ];
}

/** Tests that need Python, or a model that Python writes, are skipped without; recorded numbers are compared with anyway. */
function lendPython() {
  const environment = preparation('Python with PyTorch', preparePython);
  if ('reason' in environment) process.env.DPO_LAB_TEST_NO_PYTHON = environment.reason;
  else process.env.DPO_LAB_TEST_PYTHON = environment.python;
  const model =
    'reason' in environment ? environment : preparation('SmolLM2', () => prepareSmolLm2(environment.python));
  if ('reason' in model) process.env.DPO_LAB_TEST_NO_SMOLLM2 = model.reason;
  else process.env.DPO_LAB_TEST_SMOLLM2 = model.folder;
}

/**
 * @template {object} T
 * @param {string} name
 * @param {() => T | { reason: string }} prepare
 */
function preparation(name, prepare) {
  process.stdout.write(`${name} ... `);
  const start = performance.now();
  const result = prepare();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log('reason' in result ? `none: ${result.reason}` : `${seconds} s`);
  return result;
}

/** @param {string} name @param {string[]} command */
async function plainStep(name, command) {
  const { ok } = await runStep(name, command);
  if (!ok) counts.failed++;
}

/**
 * @param {string} name
 * @param {string[]} command
 * @param {(output: string) => { passed: number, failed: number, skipped: string[] }} count
 */
async function testStep(name, command, count) {
  const { ok, output } = await runStep(name, command);
  const result = count(output);
  counts.passed += result.passed;
  // A run that fails without a failed test has died, or could not read a test file.
  counts.failed += ok ? result.failed : Math.max(1, result.failed);
  counts.skipped += result.skipped.length;
  for (const reason of result.skipped) console.log(`  skipped: ${reason}`);
}

function countVitest() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(vitestResults, 'utf8'));
    const tests = testResults.flatMap((/** @type {any} */ file) => file.assertionResults);
    const skipped = tests.filter((/** @type {any} */ { status }) => !['passed', 'failed'].includes(status));
    return {
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: skipped.map((/** @type {any} */ { fullName }) => fullName),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: [] }; // It ended before it wrote its results.
  }
}

/** @param {string} output */
function countVsCode(output) {
  const sum = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (!sum) return { passed: 0, failed: 1, skipped: [] };
  const reasons = [...output.matchAll(/^skip (.*)$/gm)].map(([, reason]) => reason ?? '');
  const unnamed = Array.from(
    { length: Math.max(0, Number(sum[3]) - reasons.length) },
    () => 'a test in VS Code',
  );
  return { passed: Number(sum[1]), failed: Number(sum[2]), skipped: [...reasons, ...unnamed] };
}
