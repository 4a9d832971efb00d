// node scripts/bench.mjs check|size|train|torch|runs|jobs|panel: speed and size of what is built. Fails only over the size budget.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureActivation } from './bench/activation.mjs';
import { measureJobs } from './bench/jobs.mjs';
import { measurePanel } from './bench/panel.mjs';
import { measureRuns } from './bench/runs.mjs';
import { measureSizes } from './bench/size.mjs';
import { measureTorch } from './bench/torch.mjs';
import { measureTraining } from './bench/train.mjs';
import { loadTypeScript } from './typescript.mjs';

const [what, ...options] = process.argv.slice(2);
const { python, model } = parseArgs({
  args: options,
  options: { python: { type: 'string' }, model: { type: 'string' } },
}).values;
if (!['check', 'size', 'train', 'torch', 'runs', 'jobs', 'panel'].includes(what ?? '')) {
  console.error('Run: npm run bench check (speed, activation and size), npm run bench size,');
  console.error('     npm run bench panel (the run panel in a browser, beside TensorBoard; minutes),');
  console.error('     npm run bench runs (reading and watching runs; minutes),');
  console.error('     npm run bench jobs (a hundred jobs at once; minutes),');
  console.error('     npm run bench train [-- --python PATH] (the trainer beside TRL; minutes), or');
  console.error(
    '     npm run bench torch [-- --python PATH --model FOLDER] (the torch trainer beside TRL; minutes)',
  );
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
if (what === 'runs') {
  await measureRuns(console.log);
  process.exit();
}
if (what === 'jobs') {
  await measureJobs(console.log);
  process.exit();
}
if (what === 'panel') {
  await measurePanel(console.log);
  process.exit();
}
if (what === 'torch') {
  await measureTorch(python, model, console.log);
  process.exit();
}
if (what === 'train') {
  await measureTraining(python, console.log);
  process.exit();
}
const { lines, withinBudget } = await measureSizes();
for (const line of lines) console.log(line);
if (!withinBudget) process.exitCode = 1;
