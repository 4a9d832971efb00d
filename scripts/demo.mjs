// node scripts/demo.mjs [--vscode]: trains the Goldilocks example at five betas and writes a report, or opens it in a VS Code
// in the browser. All goes into demo/.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './set-up.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'demo');
const CONFIG = 'goldilocks/goldilocks.dpo.yaml';
const colours = process.stdout.isTTY === true && !process.env.NO_COLOR;
const start = performance.now();

const { vscode } = parseArgs({ options: { vscode: { type: 'boolean', default: false } } }).values;

ensureDependencies();
runNode('scripts/build.mjs', '--production');
// A copy, so that it may be changed; the one of an earlier demo is gone on with.
if (!existsSync(folder))
  cpSync(path.join(root, 'examples/goldilocks'), path.join(folder, 'goldilocks'), { recursive: true });

if (vscode) {
  const { openInVsCode } = await import('./demo-vscode.mjs');
  await openInVsCode(folder, CONFIG);
} else {
  title('One set of preference pairs, five betas');
  console.log(
    'A policy of 93 thousand parameters that lists things, 4,000 pairs of its answers, 500 steps an arm.',
  );
  console.log('Ctrl-C stops it with a checkpoint; the same command starts anew.\n');
  dpoLab('check', CONFIG);
  dpoLab('sweep', CONFIG);

  title('Report');
  const sweep = readdirSync(path.join(folder, '.dpo/sweeps')).sort().at(-1) ?? '';
  const report = path.join(folder, `${sweep}.html`);
  dpoLab('report', sweep, '-o', path.basename(report));
  const { runs } = JSON.parse(readFileSync(path.join(folder, '.dpo/sweeps', sweep, 'sweep.json'), 'utf8'));

  title('What next');
  console.log(`Open the report in a browser:     ${report}
See the sweep in VS Code:         npm run demo -- --vscode
Compare texts at the lowest beta: cd demo && node ../dist/cli.js generate ${runs.at(-1)} -p 'Name three fruits.'
See what a check says:            node dist/cli.js check examples/broken
What beta does, and why:          docs/GUIDE.md`);
  console.log(`\nAll of this took ${((performance.now() - start) / 60_000).toFixed(1)} minutes.`);
}

/** @param {string} text */
function title(text) {
  console.log(colours ? `\n\x1b[1m== ${text}\x1b[0m\n` : `\n== ${text}\n`);
}

/** Runs the command line in the folder of the demo, where it can colour its output. */
function dpoLab(/** @type {string[]} */ ...args) {
  console.log(`$ dpo-lab ${args.join(' ')}`);
  end(
    spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...args], { cwd: folder, stdio: 'inherit' }),
  );
}

function runNode(/** @type {string[]} */ ...args) {
  end(spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }));
}

/** What failed has said why. @param {{ status: number | null }} ended */
function end({ status }) {
  if (status !== 0) process.exit(status ?? 1);
}
