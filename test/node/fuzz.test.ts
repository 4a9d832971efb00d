import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigsFuzz } from '../../scripts/fuzz/configs';
import { RunsFuzz } from '../../scripts/fuzz/runs';
import { temporaryFolder } from '../support/temporary-folder';

/** A few of the cases that `npm run fuzz` goes through for minutes. Times are judged there alone. */
describe('changed files', () => {
  it('of configs are checked and shown without a throw', async () => {
    const configs = await ConfigsFuzz.open(path.resolve(import.meta.dirname, '../..'));
    expect(configs.samples).toBeGreaterThan(50);
    for (let seed = 1; seed <= 400; seed++) configs.try(seed);
  });

  it.skipIf(process.platform === 'win32')(
    'of runs are read without a throw, hide no other run, and change nothing elsewhere',
    { timeout: 60_000 },
    async () => {
      const runs = new RunsFuzz(temporaryFolder());
      for (let seed = 1; seed <= 60; seed++) await runs.try(seed);
    },
  );
});
