import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  OLDEST_PYTHON,
  pinnedRequirements,
  pythonFaults,
  TORCH_PACKAGES,
} from '../../src/core/environment/torch-packages';

const ROOT = path.resolve(import.meta.dirname, '../..');
const text = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

const TESTED = Object.fromEntries(Object.entries(TORCH_PACKAGES).map(([name, { tested }]) => [name, tested]));
const faults = (packages: Record<string, string>, version = '3.12.1'): string[] =>
  pythonFaults({ version, packages: { ...TESTED, ...packages } });

describe('the packages of the torch trainer', () => {
  it('are those that its Python package asks for, in the same versions', () => {
    const project = text('python/pyproject.toml');
    const check = text('python/src/dpo_lab_trainer/machine/environment.py');
    expect(project).toContain(`requires-python = ">=${OLDEST_PYTHON}"`);
    for (const [name, { from, below }] of Object.entries(TORCH_PACKAGES)) {
      expect(project).toContain(`"${name}>=${from},<${below}"`);
      expect(check).toContain(`"${name}": ("${from}", "${below}")`);
    }
  });

  it('are installed in the versions that the tests use', () => {
    const tested = text('test/torch/requirements.txt').split('\n');
    for (const requirement of pinnedRequirements()) expect(tested).toContain(requirement);
  });

  it('will do in a window of versions, whatever they were built for', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ torch: '2.10.0+cu128', trl: '1.13.4.post1' }, '3.10.0')).toEqual([]);
    expect(faults({ trl: '1.1.9' })).toEqual(['has trl 1.1.9, which is too old: 1.2 or newer is needed']);
    expect(faults({ trl: '1.17.0rc1', torch: '10.0' })).toEqual([
      'has torch 10.0, which is too new: it was tried with versions before 3',
      'has trl 1.17.0rc1, which is too new: it was tried with versions before 1.17',
    ]);
  });

  it('are told where they are missing, unless Python itself is too old', () => {
    const { trl: _, peft: __, ...packages } = TESTED;
    expect(pythonFaults({ version: '3.13.0', packages })).toEqual(['lacks trl and peft']);
    expect(faults({ trl: '1.0' }, '3.9.18')).toEqual([
      'is Python 3.9.18, and Python 3.10 or newer is needed',
    ]);
  });
});
