import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError, readJsonObject, readTextFile } from '../../src/node/files/text-files';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

describe('readTextFile', () => {
  it('leaves a byte-order mark out and marks bytes that are not UTF-8', async () => {
    write(folder, { 'a.yaml': Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x62]) });
    expect(await readTextFile(at('a.yaml'))).toBe('a\u{FFFD}b');
  });

  it('keeps line breaks and an empty file as they are', async () => {
    write(folder, { 'b.yaml': 'a\r\nb\n', 'empty.yaml': '' });
    expect(await readTextFile(at('b.yaml'))).toBe('a\r\nb\n');
    expect(await readTextFile(at('empty.yaml'))).toBe('');
  });

  it('says what is wrong with a path and what to do', async () => {
    mkdirSync(at('folder'));
    symlinkSync('loop', at('loop'));
    writeFileSync(at('large'), '');
    truncateSync(at('large'), 65 * 1024 * 1024);
    await expect(readTextFile(at('missing'))).rejects.toThrow(/missing does not exist. Check/);
    await expect(readTextFile(at('empty.yaml/x'))).rejects.toThrow(/does not exist. Check/);
    await expect(readTextFile(at('folder'))).rejects.toThrow(/is a folder, not a file. Name/);
    await expect(readTextFile(at('loop'))).rejects.toThrow(/symbolic link that leads back to itself. Fix/);
    await expect(readTextFile(at('large'))).rejects.toThrow(/holds 65 MB; text files of up to 64 MB/);
    await expect(readTextFile(at('missing'))).rejects.toBeInstanceOf(FileError);
  });

  it.skipIf(process.platform === 'win32')('does not open a device, which may never end', async () => {
    await expect(readTextFile('/dev/zero')).rejects.toThrow(/a device or a pipe/);
  });
});

describe('readJsonObject', () => {
  it('names the file that is not JSON, or not an object', async () => {
    write(folder, { 'bad.json': '{"a": NaN}', 'list.json': '[1]', 'null.json': 'null' });
    await expect(readJsonObject(at('bad.json'))).rejects.toThrow(/bad\.json is not JSON/);
    await expect(readJsonObject(at('list.json'))).rejects.toThrow(/does not hold a JSON object/);
    await expect(readJsonObject(at('null.json'))).rejects.toThrow(/does not hold a JSON object/);
  });
});
