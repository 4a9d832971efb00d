import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

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
  const folder = mkdtempSync(path.join(tmpdir(), 'dpo-lab-vectors-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const live = path.join(folder, 'vectors');
  execFileSync(PYTHON, [path.join(import.meta.dirname, recorder), live], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return live;
}
