import { stat } from 'node:fs/promises';

/** A file with another stamp has another content, or is another file. */
export async function fileStamp(path: string): Promise<string> {
  return stat(path).then(
    ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
    () => 'none',
  );
}
