import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { check, fixesOf, isConfigFile } from '../../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { dialectOf, useDialects } from '../../../src/core/config/dialects/registry';
import { lensesOf } from '../../../src/core/language/lenses';
import { applyEdits } from '../../../src/core/words/text';
import { corpusFiles } from '../../support/corpus';

beforeAll(() => useDialects(FOREIGN_DIALECTS));

const files = corpusFiles('.yaml', '.yml');

/** Their words for losses, and ours. */
const LOSSES: Readonly<Record<string, string>> = {
  dpo: 'sigmoid',
  dpo_norm: 'sigmoid',
  'torchtune.rlhf.loss.DPOLoss': 'sigmoid',
};

/** Public configs as of the commit in the index: the versions that their trainers wanted then. */
const OLD = { trl: '0.9.6', transformers: '4.41.0', 'alignment-handbook': '0.2.0' };

describe.runIf(files.length > 0)('public configs', () => {
  it('have the dialect, beta and loss of the index', () => {
    const wrong = files.flatMap(({ file, text, dialect, beta, loss }) => {
      const { experiment } = check(text, file);
      const setting = experiment.get('objective.beta');
      const ours = experiment.get('objective.loss');
      const betaRead = setting.given ? setting.value : setting.malformed ? setting.written : undefined;
      const lossRead = ours.given ? ours.value : ours.written;
      const expectedBeta = beta === '' ? undefined : Number.isNaN(Number(beta)) ? beta : Number(beta);
      const found: string[] = [];
      if (experiment.trainer.dialect !== dialect)
        found.push(`dialect ${experiment.trainer.dialect}, not ${dialect}`);
      if (betaRead !== expectedBeta) found.push(`beta ${betaRead}, not ${expectedBeta}`);
      if (loss !== '' && lossRead !== (LOSSES[loss] ?? loss)) found.push(`loss ${lossRead}, not ${loss}`);
      return found.map((what) => `${file}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });

  it('of the handbook have no problem with their keys in the versions that they were written for', () => {
    const old = files.filter(({ file }) => file.includes('handbook@v0.2.0'));
    expect(old.length).toBeGreaterThan(0);
    const errors = old.flatMap(({ file, text }) =>
      check(text, file, { reading: { versions: OLD } })
        .problems.filter(({ severity }) => severity === 'error')
        .map(({ code, message }) => `${file} ${code} ${message}`),
    );
    expect(errors).toEqual([]);
  });

  it('name losses of changed copies without an error', () => {
    const errors = corpusFiles('.yaml', '.yml', '.sh').flatMap(({ file, text }) =>
      check(text, file)
        .problems.filter(({ code, severity }) => code === 'LOSS001' && severity === 'error')
        .map(({ message }) => `${file} ${message}`),
    );
    expect(errors).toEqual([]);
  });

  it('every fix that is offered gives a file that still reads, with that problem gone', () => {
    for (const { file, text } of files) {
      const checked = check(text, file);
      for (const problem of checked.problems.slice(0, 8)) {
        for (const fix of fixesOf(checked, problem)) {
          const after = applyEdits(text, fix.edits);
          expect(isConfigFile(file, after), `${file} ${fix.title}`).toBe(true);
        }
      }
      lensesOf(checked);
    }
  });
});

/** YAML files of the packages that are installed here anyway. */
function otherFiles(folder: string, limit: number): string[] {
  const found: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(ya?ml|sh)$/.test(name)) continue;
    const file = path.join(folder, name);
    if (statSync(file).isFile()) found.push(file);
    if (found.length >= limit) break;
  }
  return found;
}

describe('files of other kinds', () => {
  it('are no configs', () => {
    const others = otherFiles(path.resolve(import.meta.dirname, '../../../node_modules'), 2_000);
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
