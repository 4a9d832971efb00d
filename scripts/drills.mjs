// node scripts/drills.mjs: goes through every place where a job or a trainer writes, and kills it, fills its disk or takes its
// permission there. `npm test` goes through one place of each kind.
import { spawnSync } from 'node:child_process';
import { root } from './bundles.mjs';

const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/drills'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, DPO_LAB_DRILLS: 'long' },
});
process.exitCode = status ?? 1;
