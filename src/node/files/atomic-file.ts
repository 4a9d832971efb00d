import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Replaces a small JSON file in one step: a reader sees the old content or the new, never half of it.
 *
 * @param durable also survives a power failure, which costs a few milliseconds
 * @throws what the file system says, such as ENOSPC; the old file is then as it was
 */
export function replaceJson(path: string, value: unknown, { durable }: { readonly durable: boolean }): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      writeAll(file, value);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * The same where the disk is full and no second file fits: the new content takes the place of the old one. A reader may
 * see half of it, for a moment.
 *
 * @throws what the file system says; there must be a file already
 */
export function overwriteJson(path: string, value: unknown): void {
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, writeAll(file, value));
  } finally {
    closeSync(file);
  }
}

/** Gives the bytes that were written. */
function writeAll(file: number, value: unknown): number {
  const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, written);
  return written;
}
