import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PYTHON = process.env.DPO_LAB_TEST_PYTHON;
const missing = process.env.DPO_LAB_TEST_NO_PYTHON ?? 'npm test sets up a Python';

const { buildWheel, WHEEL } = (await import(path.join(ROOT, 'scripts/wheel.mjs'))) as {
  buildWheel(folder: string): Promise<void>;
  WHEEL: string;
};

describe('the wheel of the torch trainer', () => {
  const folder = temporaryFolder();
  const wheel = path.join(folder, WHEEL);
  beforeAll(() => buildWheel(folder));

  it('has the version of the Python project', () => {
    const project = readFileSync(path.join(ROOT, 'python/pyproject.toml'), 'utf8');
    expect(WHEEL).toContain(/^version = "(.*)"$/m.exec(project)?.[1]);
  });

  it('is the same for the same sources', async () => {
    const before = readFileSync(wheel);
    await buildWheel(folder);
    expect(readFileSync(wheel).equals(before)).toBe(true);
  });

  it.skipIf(PYTHON === undefined)(
    `is run by Python as it is, and installed by pip${PYTHON ? '' : `: ${missing}`}`,
    () => {
      const python = (args: string[], env: NodeJS.ProcessEnv) =>
        execFileSync(PYTHON ?? '', args, {
          env: { ...process.env, PYTHONSAFEPATH: '1', ...env },
          encoding: 'utf8',
        });
      const told = JSON.parse(python(['-m', 'dpo_lab_trainer', 'environment'], { PYTHONPATH: wheel }));
      expect(told.problems).toEqual([]);
      const target = path.join(folder, 'installed');
      python(['-m', 'pip', 'install', '--quiet', '--no-deps', '--no-index', '--target', target, wheel], {});
      const where = python(['-c', 'import dpo_lab_trainer; print(dpo_lab_trainer.__file__)'], {
        PYTHONPATH: target,
      });
      expect(where.trim()).toBe(path.join(target, 'dpo_lab_trainer', '__init__.py'));
    },
  );
});
