// node scripts/bench.mjs check|size: speed and size of what is built. Fails only over the size budget.
import { cpus } from 'node:os';
import { measureActivation } from './bench/activation.mjs';
import { measureSizes } from './bench/size.mjs';
import { loadTypeScript } from './typescript.mjs';

const what = process.argv[2];
if (what !== 'check' && what !== 'size') {
  console.error('Run: npm run bench check (speed, activation and size), or: npm run bench size');
  process.exit(2);
}

console.log(
  `machine: ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`,
);
if (what === 'check') {
  const { measureChecks } = await loadTypeScript('scripts/bench/check.ts');
  for (const line of measureChecks()) console.log(line);
  for (const line of await measureActivation()) console.log(line);
}
const { lines, withinBudget } = await measureSizes();
for (const line of lines) console.log(line);
if (!withinBudget) process.exitCode = 1;
