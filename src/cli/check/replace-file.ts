import { randomUUID } from 'node:crypto';
import { access, chmod, constants, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { decodeText, fileError, messageOf } from '../../node/files/text-files';
import { UsageError } from '../usage-error';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Replaces a file's text in one step: another program sees the old text or the new, never half of it. The mode, a
 * byte-order mark and a symbolic link stay.
 *
 * @param before the text that the change was made from; a file that holds something else by now is left alone
 * @throws UsageError where the file may not or cannot be written
 */
export async function replaceFile(path: string, before: string, after: string): Promise<void> {
  const target = await realpath(path);
  const bytes = await readFile(target).catch((error: unknown) => {
    throw fileError(error, path);
  });
  if (decodeText(bytes) !== before) {
    throw new UsageError(
      `${path} was changed by another program meanwhile and is left as it is. Run the command again.`,
    );
  }
  const mark = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : Buffer.alloc(0);
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    // Renaming needs no permission on the file itself, but a file that is read-only was made so on purpose.
    await access(target, constants.W_OK);
    const { mode } = await stat(target);
    await writeFile(temporary, Buffer.concat([mark, Buffer.from(after)]), { flag: 'wx' });
    await chmod(temporary, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(
      `${path} could not be written, so it is as it was: ${messageOf(error)}. Check the permissions of the file and its folder.`,
    );
  }
}
