import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

// Here rather than where a folder is asked for: a hook that a running test adds is never called.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/**
 * A folder that is deleted after the tests of the file.
 *
 * @param start how its name begins
 * @param parent the system's folder for such things, where absent
 */
export function temporaryFolder(start = 'dpo-lab-test-', parent = tmpdir()): string {
  const folder = mkdtempSync(path.join(parent, start));
  folders.push(folder);
  return folder;
}
