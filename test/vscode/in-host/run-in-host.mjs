import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { cacheRoot, harnessRoot } from '../host/paths.mjs';
import { Stage } from '../host/stage.mjs';

const here = path.join(harnessRoot, 'in-host');
const limitMs = 600_000;

/**
 * Runs the mocha suites inside the extension host of one window.
 *
 * @param {import('../host/stage.mjs').Subject} subject
 * @param {import('../host/report.mjs').Report} report
 * @param {{ grep: string }} options
 */
export async function runInHost(subject, report, { grep }) {
  const suites = await bundleSuites();
  const results = path.join(suites, '..', `in-host-${process.pid}.jsonl`);
  const env = {
    DPO_LAB_TEST_TOOLS: subject.edition.tools,
    DPO_LAB_TEST_SUITES: suites,
    DPO_LAB_TEST_RESULTS: results,
    DPO_LAB_TEST_GREP: grep,
  };
  const stage = await Stage.set(subject, { trust: true, env });
  const python = path.join(stage.profile.extensions, 'ms-python.python-1.0.0');
  cpSync(path.join(here, 'python-extension'), python, { recursive: true });
  try {
    const window = await stage.openWindow();
    const ended = hostEnd(window.page);
    const folder = stage.profile.makeWorkspace('workspace', path.join(here, 'workspace'));
    await window.page.goto(stage.address(folder, { tests: path.join(here, 'index.cjs') }));
    await Promise.race([ended, delay(limitMs, undefined, { ref: false })]);
    if (!reportResults(results, report)) await stage.explain('in-host', window);
    await stage.closeWindow(window);
  } finally {
    await stage.strike();
    rmSync(results, { force: true });
    rmSync(suites, { recursive: true });
  }
}

/** The workbench calls this function of the page when the tests in the host are over. */
function hostEnd(/** @type {any} */ page) {
  return new Promise((resolve) => {
    page.exposeFunction('codeAutomationExit', resolve);
  });
}

/** @returns {Promise<string>} a folder with one module a suite, for this run alone */
async function bundleSuites() {
  const outdir = path.join(cacheRoot, 'in-host', String(process.pid));
  mkdirSync(outdir, { recursive: true });
  const suites = readdirSync(path.join(here, 'suite')).filter((file) => file.endsWith('.test.ts'));
  await build({
    entryPoints: suites.map((file) => path.join(here, 'suite', file)),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outdir;
}

/**
 * @param {string} file
 * @param {import('../host/report.mjs').Report} report
 * @returns {boolean} whether all went well
 */
function reportResults(file, report) {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  let well = true;
  let ended = false;
  for (const { event, title, ms, error } of lines.map((line) => JSON.parse(line))) {
    const name = `in-host > ${title}`;
    if (event === 'pass') report.ok(name, ms);
    else if (event === 'pending') report.skip(name, 'marked so in its suite');
    else if (event === 'end') ended = true;
    else {
      report.fail(name, error);
      well = false;
    }
  }
  if (!ended) report.fail('in-host > runs to its end', 'the extension host stopped or took too long');
  return well && ended;
}
