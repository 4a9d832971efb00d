import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Has the names in a folder survive a power failure. Some file systems, and Windows, cannot be asked for that. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    sync(folder, 'r');
  } catch {
    // A network mount may refuse: its server decides what lasts.
  }
}

/**
 * Has the files right in a folder survive a power failure, and then their names.
 *
 * @throws what the file system says, such as ENOSPC
 */
export function syncFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isFile()) sync(join(folder, entry.name), 'r+');
  syncFolder(folder);
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
