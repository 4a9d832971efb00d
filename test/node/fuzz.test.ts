import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSamples, fuzzConfig } from '../../scripts/fuzz/configs';
import { RunsFuzz } from '../../scripts/fuzz/runs';
import { temporaryFolder } from '../support/temporary-folder';

/** A few of the cases that `npm run fuzz` goes through for minutes. Times are judged there alone. */
describe('changed files', () => {
  it('of configs are checked without a throw', () => {
    const samples = configSamples(path.resolve(import.meta.dirname, '../..'));
    expect(samples.length).toBeGreaterThan(50);
    for (let seed = 1; seed <= 400; seed++) fuzzConfig(samples, seed);
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
