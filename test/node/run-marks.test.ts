import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_MARKS } from '../../src/core/runs/run-marks';
import { changeMarks, readMarks } from '../../src/node/runs/run-marks';
import { temporaryFolder } from '../support/temporary-folder';

function runFolder(): string {
  const folder = path.join(temporaryFolder(), '.dpo', 'runs', '20261124-225829-beta0.1-0abc');
  mkdirSync(folder, { recursive: true });
  return folder;
}

describe('marks of a run', () => {
  it('are none, are changed one by one, and are kept', async () => {
    const folder = runFolder();
    expect(await readMarks(folder)).toEqual(NO_MARKS);
    await changeMarks(folder, { tags: [' a ', 'b', 'a', ''], star: true });
    await changeMarks(folder, { note: ' why ', name: 'the\nbest' });
    expect(await readMarks(folder)).toEqual({
      tags: ['a', 'b'],
      star: true,
      note: 'why',
      name: 'the best',
      archived: false,
    });
    await changeMarks(folder, { name: '' });
    expect((await readMarks(folder)).name).toBeUndefined();
  });

  it.each(['', '[]', '{"tags":3,"star":"yes","note":{}}', 'null', '{"name":12}'])(
    'of %s are none',
    async (text) => {
      const folder = runFolder();
      writeFileSync(path.join(folder, 'marks.json'), text);
      expect(await readMarks(folder)).toEqual(NO_MARKS);
    },
  );

  it('are not written through a link that leads out', async () => {
    const folder = runFolder();
    const outside = path.join(temporaryFolder(), 'theirs.json');
    writeFileSync(outside, 'theirs');
    symlinkSync(outside, path.join(folder, 'marks.json'));
    await expect(changeMarks(folder, { star: true })).rejects.toThrow(/link/);
    expect(readFileSync(outside, 'utf8')).toBe('theirs');
  });
});
