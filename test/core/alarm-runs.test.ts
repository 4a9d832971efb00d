import path from 'node:path';
import { expect, it } from 'vitest';
import { readRecorded, tally } from '../../scripts/bench/alarms/recorded';

const RUNS = readRecorded(path.join(import.meta.dirname, '../../scripts/bench/alarms/recorded.jsonl.gz'));

// Limits were tuned on the other half. `npm run bench alarms` prints both.
it('alarms leave healthy runs in peace, catch broken ones before half, and name what is wrong', () => {
  for (const half of ['tuning', 'test']) {
    const { healthy, disturbed, broken, caught, named } = tally(RUNS.filter((run) => run.half === half));
    expect(healthy).toBeGreaterThanOrEqual(30);
    expect(broken).toBeGreaterThanOrEqual(30);
    expect(disturbed).toBeLessThanOrEqual(0.04 * healthy);
    expect(caught).toBeGreaterThanOrEqual(0.95 * broken);
    expect(named).toBeGreaterThanOrEqual(0.9 * broken);
  }
});
