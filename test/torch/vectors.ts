import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { temporaryFolder } from '../support/temporary-folder';

/** Python with the packages of requirements.txt, where scripts/test.mjs could set it up. */
export const PYTHON = process.env.DPO_LAB_TEST_PYTHON;

/** Why there is none, to stand in the name of a skipped test. */
export const NO_PYTHON = process.env.DPO_LAB_TEST_NO_PYTHON ?? 'DPO_LAB_TEST_PYTHON names no interpreter';

/**
 * The folder of a recorder's files: recorded now where there is a Python, else as they were committed.
 *
 * @param recorder a script, relative to this folder, that writes into the folder it is given
 * @param committed absolute
 */
export function vectors(recorder: string, committed: string): string {
  if (PYTHON === undefined) return committed;
  const live = path.join(temporaryFolder(), 'vectors');
  execFileSync(PYTHON, [path.join(import.meta.dirname, recorder), live], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return live;
}
