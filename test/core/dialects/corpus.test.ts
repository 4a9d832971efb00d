import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { dialectOf, useDialects } from '../../../src/core/config/dialects/registry';
import { lensesOf } from '../../../src/core/language/lenses';
import { corpusFiles } from '../../support/corpus';
import { judge } from '../../support/corpus-judgement';
import { preparePythonParser } from '../../support/python-parser';

beforeAll(() => useDialects(FOREIGN_DIALECTS));

const files = corpusFiles('.yaml', '.yml', '.sh');

// Without the public configs there is nothing to test, which is no skipped test.
if (files.length > 0) {
  describe('public configs', () => {
    it.each(files)('$file', (file) => {
      const { reading, errors, fixes, migrations } = judge(file, false);
      expect({ reading, errors, fixes }).toEqual({ reading: [], errors: [], fixes: [] });
      // Strict, and of TRL before 0.29: each of them has a key that went.
      if (file.dialect === 'alignment-handbook') expect(migrations).toBeGreaterThan(0);
    });

    it('have the same lenses whatever their line breaks', () => {
      for (const { file, text } of files) {
        const titles = (source: string): string[] => lensesOf(check(source, file)).map(({ title }) => title);
        expect(titles(text.replace(/\r?\n/g, '\r\n')), file).toEqual(titles(text.replace(/\r\n/g, '\n')));
      }
    });
  });
}

/** Files of the packages that are installed here anyway. */
function otherFiles(folders: readonly string[], limit: number): string[] {
  const found: string[] = [];
  for (const folder of folders.filter((name) => existsSync(name)))
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      // TRL's own script for DPO is one.
      if (found.length >= limit || !/\.(ya?ml|sh|py)$/.test(name) || name.endsWith('trl/scripts/dpo.py'))
        continue;
      const file = path.join(folder, name);
      if (statSync(file).isFile()) found.push(file);
    }
  return found;
}

describe('files of other kinds', () => {
  it('are no configs', async () => {
    await preparePythonParser();
    const root = path.resolve(import.meta.dirname, '../../..');
    const environments = path.join(root, '.cache/python');
    const others = otherFiles([path.join(root, 'node_modules'), environments], 2_000);
    expect(others.length).toBeGreaterThan(50);
    const taken = others.filter((file) => dialectOf(file, readFileSync(file, 'utf8')) !== undefined);
    expect(taken).toEqual([]);
  });
});

describe('losses of changed copies', () => {
  it.each([
    ['rpo', 'hint'],
    ['sppo', 'hint'],
    ['my_own_loss', 'hint'],
    ['sigmoit', 'error'],
    ['kto_pair', 'error'],
  ])('%s in a handbook file: %s', (loss, severity) => {
    const script = `accelerate launch scripts/run_dpo.py recipes/m/dpo/config_full.yaml --loss_type=${loss} --beta=0.1`;
    expect(severities(script)).toEqual([severity]);
  });

  it('an unknown loss stays an error where the trainer is an installed package', () => {
    expect(severities('trl dpo --model_name_or_path org/m --loss_type rpo')).toEqual(['error']);
  });

  it('tisdpo as a Hydra override', () => {
    expect(severities('python -u train.py model=pythia28 loss=tisdpo loss.beta=0.1')).toEqual(['hint']);
  });
});

function severities(script: string): string[] {
  const { experiment, problems } = check(script, 'run.sh');
  expect(experiment.trainer.dialect).not.toBe('dpo-lab');
  return problems.filter(({ code }) => code === 'LOSS001').map(({ severity }) => severity);
}
