import { closeSync, fsyncSync, ftruncateSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { openOwn, PRIVATE_FILE } from './own-files';
import { syncFolder } from './sync-folder';

/**
 * Replaces a small JSON file in one step: a reader sees the old content or the new, never half of it.
 *
 * @param durable also survives a power failure, which costs a few milliseconds
 * @param mode of the file, which only this account reads if it is not said otherwise
 * @throws what the file system says, such as ENOSPC; the old file is then as it was
 */
export function replaceJson(path: string, value: unknown, options: Replacing): void {
  replaceText(path, jsonText(value), options);
}

interface Replacing {
  readonly durable: boolean;
  readonly mode?: number;
}

/** The same for a small text. */
export function replaceText(path: string, text: string, { durable, mode = PRIVATE_FILE }: Replacing): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    // What a killed process with this id has left.
    rmSync(temporary, { force: true });
    const file = openOwn(temporary, 'create', mode);
    try {
      writeAll(file, text);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    if (durable) syncFolder(dirname(path));
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
  const file = openOwn(path, 'change');
  try {
    ftruncateSync(file, writeAll(file, jsonText(value)));
  } finally {
    closeSync(file);
  }
}

/** Gives the bytes that were written. */
function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, written);
  return written;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
