// node scripts/package.mjs [TARGET...] [--out FOLDER]: a package for VS Code for each platform, and one of the command line
// for npm (target `cli`), all or those named, into packages/. Fails where one is over its budget.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './set-up.mjs';

ensureDependencies();
const { build } = await import('esbuild');
const { bundleNames, bundleOptions, copyPythonParser, root } = await import('./bundles.mjs');
const { stageCommandLine, stageExtension } = await import('./package/stage.mjs');
const { buildWheel } = await import('./wheel.mjs');
const { BUDGETS, CLI_BUDGET, TARGETS } = await import('./package/targets.mjs');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: 'packages' } },
});
const known = [...TARGETS, 'cli'];
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no package for ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}
const wanted = positionals.length > 0 ? positionals : known;
const out = path.resolve(root, values.out);
mkdirSync(out, { recursive: true });
mkdirSync(path.join(root, '.cache'), { recursive: true });
const work = mkdtempSync(path.join(root, '.cache/package-'));
try {
  const bundles = path.join(work, 'bundles');
  const options = { production: true, outdir: path.relative(root, bundles) };
  copyPythonParser(bundles);
  await Promise.all([buildWheel(bundles), ...bundleNames.map((name) => build(bundleOptions(name, options)))]);
  for (const name of wanted) {
    const target = TARGETS.find((one) => one === name);
    const file = target ? await packExtension(target, bundles) : packCommandLine(bundles);
    tellSize(file, target ? BUDGETS[target] : CLI_BUDGET);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** @param {import('./package/targets.mjs').Target} target @param {string} bundles */
async function packExtension(target, bundles) {
  const { createVSIX } = await import('@vscode/vsce');
  const folder = path.join(work, target);
  stageExtension(target, folder, bundles);
  const packagePath = path.join(out, `dpo-lab-${target}.vsix`);
  await quietly(() =>
    createVSIX({
      cwd: folder,
      target,
      packagePath,
      dependencies: false,
      ignoreFile: path.join(root, '.vscodeignore'),
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    }),
  );
  return packagePath;
}

/** @param {string} bundles */
function packCommandLine(bundles) {
  const folder = path.join(work, 'cli');
  stageCommandLine(folder, bundles);
  const npm = spawnSync('npm', ['pack', '--json', '--loglevel=error', `--pack-destination=${folder}`], {
    cwd: folder,
    encoding: 'utf8',
    // npm is a script of the shell there.
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error(`npm pack failed: ${npm.error?.message ?? npm.stderr}`);
  const { filename } = JSON.parse(npm.stdout)[0];
  const file = path.join(out, 'dpo-lab-cli.tgz');
  renameSync(path.join(folder, filename), file);
  return file;
}

/** @param {string} file @param {number} budget */
function tellSize(file, budget) {
  const { size } = statSync(file);
  const verdict = size <= budget ? 'within' : 'OVER';
  console.log(
    `${path.relative(process.cwd(), file)}: ${megabytes(size)}, ${verdict} its budget of ${megabytes(budget)}`,
  );
  if (size > budget) process.exitCode = 1;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The packager lists every file it packs. @param {() => Promise<unknown>} work */
async function quietly(work) {
  const { log } = console;
  console.log = () => {};
  try {
    await work();
  } finally {
    console.log = log;
  }
}
