import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/*
 * All that a test run writes for a while lies in one folder, which goes with it: also what browsers, Python and programs
 * that were killed leave behind, and what is left of a test file that was ended before it had done.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'dpo-lab-tests-'));
// Tests read as another user, too, who has to get to what is below.
chmodSync(folder, 0o755);

export function setup(): void {
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
