import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPythons, namedPython } from '../../src/node/torch/python';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

/** A program in the place of Python. */
function interpreter(folder: string, name: string, answer: string): string {
  write(folder, { [name]: `#!/bin/sh\n${answer}\n` });
  chmodSync(path.join(folder, name), 0o755);
  return path.join(folder, name);
}

const VERSIONS = `echo '{"version": "3.12.1", "packages": {"torch": "2.9.0"}}'`;

describe.skipIf(process.platform === 'win32')('Python interpreters', () => {
  it('are found in virtual environments first, then on the search path, the first one there', async () => {
    const workspace = temporaryFolder();
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    const own = interpreter(workspace, '.venv/bin/python', VERSIONS);
    const shared = interpreter(first, 'python3', VERSIONS);
    interpreter(second, 'python3', VERSIONS);
    const found = await findPythons({
      folders: [workspace],
      env: { PATH: [first, second].join(path.delimiter) },
    });
    expect(found).toEqual(
      [own, shared].map((file) => ({ path: file, version: '3.12.1', packages: { torch: '2.9.0' } })),
    );
  });

  it('that cannot be asked are told with the reason', async () => {
    const folder = temporaryFolder();
    interpreter(folder, 'python3', 'exit 3');
    const [broken] = await findPythons({ folders: [], env: { PATH: folder } });
    expect(broken?.problem).toMatch(/^It could not be asked: Command failed/);
    interpreter(folder, 'python3', 'echo hello');
    const [foreign] = await findPythons({ folders: [], env: { PATH: folder } });
    expect(foreign?.problem).toMatch(/could not be asked/);
  });

  it('that somebody has chosen come first', async () => {
    const [workspace, chosen] = [temporaryFolder(), temporaryFolder()];
    const own = interpreter(workspace, '.venv/bin/python', VERSIONS);
    const named = interpreter(chosen, 'bin/python', VERSIONS);
    const found = await findPythons({ first: [named, own], folders: [workspace], env: {} });
    expect(found.map(({ path }) => path)).toEqual([named, own]);
    expect((await namedPython(chosen)).path).toBe(named);
    expect((await namedPython(path.join(chosen, 'python'))).problem).toBe('It is not there.');
  });

  it('need not be there', async () => {
    expect(await findPythons({ folders: [temporaryFolder()], env: { PATH: temporaryFolder() } })).toEqual([]);
    expect(await findPythons({ folders: [], env: {} })).toEqual([]);
  });
});
