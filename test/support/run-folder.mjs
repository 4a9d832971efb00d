import { chmodSync } from 'node:fs';
import { temporaryFolder } from '../../scripts/temporary-folder.mjs';

/**
 * All that a test run writes for a while lies in one folder, which goes with it: also what browsers, Python and programs
 * that were killed leave behind, and what is left of a test file that was ended before it had done.
 */
export function setup() {
  const folder = temporaryFolder('dpo-lab-tests-');
  // Tests read as another user, too, who has to get to what is below.
  chmodSync(folder, 0o755);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
}
