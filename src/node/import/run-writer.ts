import { closeSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { openOwn } from '../files/own-files';
import { isMissing } from '../files/text-files';

/**
 * Makes a file of lines hold exactly these. Where it holds the first of them, only the others are appended, so that readers
 * go on; where a trainer has gone back to a checkpoint, the file is replaced as a whole. Nothing is repeated.
 *
 * @throws FileError where the name is a link, and what the file system says
 */
export function syncLines(path: string, lines: readonly object[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const before = readOrEmpty(path);
  if (before === text) return;
  if (text.startsWith(before)) append(path, text.slice(before.length));
  else replace(path, text);
}

export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

function append(path: string, text: string): void {
  const file = openOwn(path, 'append');
  try {
    writeAll(file, text);
  } finally {
    closeSync(file);
  }
}

function replace(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  const file = openOwn(temporary, 'create');
  try {
    writeAll(file, text);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
