import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

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
      const bytes = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
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
