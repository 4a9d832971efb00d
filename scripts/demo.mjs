// node scripts/demo.mjs: checks the example configs, then shows a broken one and how --fix mends it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lineDiff } from './line-diff.mjs';
import { ensureDependencies } from './set-up.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;

ensureDependencies();
const build = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs')], {
  cwd: root,
  stdio: 'inherit',
});
if (build.status !== 0) process.exit(1);

title('The example configs, as they should be');
dpoLab(root, 'check', 'examples/first', 'examples/paper');

title('A config with mistakes that people really make');
const folder = mkdtempSync(path.join(tmpdir(), 'dpo-lab-demo-'));
try {
  cpSync(path.join(root, 'examples'), folder, { recursive: true });
  const file = path.join(folder, 'broken/experiment.dpo.yaml');
  const before = readFileSync(file, 'utf8');
  dpoLab(folder, 'check', 'broken');

  title('Mended');
  dpoLab(folder, 'check', 'broken', '--fix');
  title('What was changed');
  for (const line of lineDiff(before.trimEnd(), readFileSync(file, 'utf8').trimEnd()))
    console.log(coloured(line));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

title('What next');
console.log(`Say why a problem is one:       node dist/cli.js explain BETA001
Check a config of your own:     node dist/cli.js check FILE
See it in the editor:           code --extensionDevelopmentPath="$PWD" examples/
Every key and its reason:       docs/CONFIG.md
Every problem and its evidence: docs/RULES.md`);

/** @param {string} text */
function title(text) {
  console.log(colours ? `\n\x1b[1m== ${text}\x1b[0m\n` : `\n== ${text}\n`);
}

/** Runs the command line where it can colour its output. Problems are what the demo shows; only a failure ends it. */
function dpoLab(/** @type {string} */ cwd, /** @type {string[]} */ ...args) {
  console.log(`$ dpo-lab ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...args], {
    cwd,
    stdio: 'inherit',
  });
  if (status !== 0 && status !== 1) process.exit(1);
}

/** @param {string} line */
function coloured(line) {
  if (!colours || line.startsWith(' ')) return line;
  return line.startsWith('+') ? `\x1b[32m${line}\x1b[0m` : `\x1b[31m${line}\x1b[0m`;
}
