import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';
import { NO_PYTHON, PYTHON } from './vectors';

const PACKAGE = path.resolve(import.meta.dirname, '../../python');

// Inside the project, where the reader of pairs finds what it loads.
const CACHE = path.resolve(PACKAGE, '../.cache/test');
mkdirSync(CACHE, { recursive: true });
const programs = temporaryFolder('python-', CACHE);

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(PYTHON ?? '', args, {
    cwd: PACKAGE,
    encoding: 'utf8',
    env: {
      ...process.env,
      PYTHONPATH: path.join(PACKAGE, 'src'),
      OMP_NUM_THREADS: '1',
      DPO_LAB_ONNX_TRAINER: JSON.stringify([process.execPath, path.join(programs, 'onnx-trainer.js')]),
    },
  });
  return { status, output: `${stdout}${stderr}` };
}

const name =
  PYTHON === undefined ? `the package in python/ (skipped: ${NO_PYTHON})` : 'the package in python/';
describe.skipIf(PYTHON === undefined)(name, { timeout: 400_000 }, () => {
  it('passes its own tests', () => {
    buildPrograms(programs, 'onnx-trainer');
    const { status, output } = run('-m', 'pytest', '-p', 'no:cacheprovider');
    expect(output).toMatch(/^\d+ passed/m);
    expect(status, output).toBe(0);
  });

  it.each([
    ['style', ['-m', 'ruff', 'check', '--no-cache', '.']],
    ['form', ['-m', 'ruff', 'format', '--no-cache', '--check', '.']],
  ])('is of one %s', (_, args) => {
    const { status, output } = run(...args);
    expect(status, output).toBe(0);
  });
});
