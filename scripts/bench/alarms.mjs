import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundles.mjs';
import { loadTypeScript } from '../typescript.mjs';

/** Shares of runs. */
const MOST_DISTURBED = 0.02;
const LEAST_CAUGHT = 0.95;
const LEAST_NAMED = 0.9;

export const RECORDED = 'scripts/bench/alarms/recorded.jsonl.gz';

/**
 * What alarms say of recorded runs whose fate is known: healthy ones, and ten kinds of broken ones. Limits of the alarms
 * were tuned on one half of the runs. With DPO_LAB_TRAIN=1 the runs are trained again first.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureAlarms({ print, fail }) {
  const { readRecorded, record, tally } = await loadTypeScript('scripts/bench/alarms/recorded.ts');
  const file = path.join(root, RECORDED);
  if (process.env.DPO_LAB_TRAIN === '1') {
    const programs = path.join(root, 'dist');
    if (!existsSync(path.join(programs, 'onnx-trainer.js'))) return fail('Build first: npm run build.');
    const scratch = path.join(root, '.cache/alarm-runs');
    await record(file, path.join(root, 'examples/goldilocks'), scratch, programs, print);
  }
  const runs = readRecorded(file);
  print('| runs | healthy | with a warning or error | broken | error before half | right kind named |');
  print('|---|---|---|---|---|---|');
  for (const half of ['tuning', 'test', undefined]) {
    const counted = tally(runs.filter((run) => half === undefined || run.half === half));
    const { healthy, disturbed, broken, caught, named } = counted;
    print(`| ${half ?? 'all'} | ${healthy} | ${disturbed} | ${broken} | ${caught} | ${named} |`);
    if (half !== undefined) continue;
    if (healthy < 60 || broken < 60) fail('There are fewer than 60 runs of a kind.');
    if (disturbed > MOST_DISTURBED * healthy) fail(`${disturbed} healthy runs got a warning or an error.`);
    if (caught < LEAST_CAUGHT * broken) fail(`${broken - caught} broken runs got no error in time.`);
    if (named < LEAST_NAMED * broken) fail(`What is wrong was not named for ${broken - named} broken runs.`);
  }
}
