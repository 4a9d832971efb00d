// node test/vscode/run.mjs [--floor] [--only e2e|in-host] [--grep TEXT] [--screenshots DIR] [--vsix FILE]
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runSpecs } from './e2e/run-specs.mjs';
import { currentEdition, floorEdition } from './host/editions.mjs';
import { repoRoot } from './host/paths.mjs';
import { Report } from './host/report.mjs';
import { HarnessError, Unavailable } from './host/system.mjs';
import { runInHost } from './in-host/run-in-host.mjs';
import { ensureChromium, ensureVsCode } from './install.mjs';

const overallLimitMs = 40 * 60_000;

const { values: options } = parseArgs({
  options: {
    floor: { type: 'boolean', default: false },
    only: { type: 'string' },
    grep: { type: 'string', default: '' },
    screenshots: { type: 'string' },
    vsix: { type: 'string' },
  },
});
const report = new Report();
const edition = options.floor ? floorEdition() : currentEdition();
const title = `VS Code ${edition.version}`;

setTimeout(() => {
  report.fail(title, `the run took longer than ${overallLimitMs / 60_000} minutes`);
  process.exit(report.close());
}, overallLimitMs);

try {
  await run();
} catch (error) {
  if (error instanceof Unavailable) report.skip(title, error.message);
  else report.fail(title, error instanceof HarnessError ? error.message : error);
}
// Explicitly: a socket that something left open must not keep the run from ending.
process.exit(report.close());

async function run() {
  if (options.only !== undefined && !['e2e', 'in-host'].includes(options.only)) {
    throw new HarnessError(`--only ${options.only}: the kinds of tests are e2e and in-host`);
  }
  const subject = {
    edition,
    extension: repoRoot,
    vsix: options.vsix && path.resolve(options.vsix),
    chromium: '',
  };
  if (subject.vsix === undefined) checkBuilt(repoRoot);
  await ensureVsCode(edition);
  subject.chromium = await ensureChromium();
  console.log(title);
  // Tests in the host need the extension's folder, so an installed package is checked from outside only.
  if (options.only !== 'e2e' && subject.vsix === undefined) await runInHost(subject, report, options);
  if (options.only !== 'in-host') await runSpecs(subject, report, options);
}

/** @param {string} extension */
function checkBuilt(extension) {
  const { main } = JSON.parse(readFileSync(path.join(extension, 'package.json'), 'utf8'));
  if (main !== undefined && existsSync(path.join(extension, main))) return;
  throw new HarnessError(`the extension is not built: ${main ?? 'main of package.json'} is missing`);
}
