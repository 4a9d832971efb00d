import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A folder that is deleted when this program ends, also by Ctrl-C.
 *
 * @param {string} start how its name begins
 */
export function temporaryFolder(start) {
  const folder = mkdtempSync(path.join(tmpdir(), start));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  // Without a listener it would end without saying so.
  if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', () => process.exit(130));
  return folder;
}
