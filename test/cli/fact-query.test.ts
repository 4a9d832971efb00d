import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { factQuery } from '../../src/core/check/fact-query';
import type { FactQuery } from '../../src/core/facts';

function query(text: string, configFile = '/projects/configs/a.dpo.yaml'): FactQuery {
  const { experiment } = check(text, configFile);
  return factQuery(experiment, { configFile, workspaceFolder: '/projects', dataFolder: '.dpo' });
}

describe('what is looked up for a config', () => {
  it('is what the config names, with the defaults', () => {
    const text = `
model: { path: org/policy, revision: v1, adapter: ./adapter }
reference: { policy: org/other, revision: v2 }
data:
  train: { path: org/pairs, config: small }
  eval: held.jsonl
  columns: { prompt: question }
  max_length: 256
`;
    const columns = { prompt: 'question', chosen: 'chosen', rejected: 'rejected' };
    expect(query(text)).toEqual({
      baseFolder: '/projects/configs',
      configFile: '/projects/configs/a.dpo.yaml',
      workspaceFolder: '/projects',
      dataFolder: '.dpo',
      policy: { path: 'org/policy', revision: 'v1' },
      reference: { path: 'org/other', revision: 'v2' },
      adapter: './adapter',
      train: {
        path: 'org/pairs',
        split: 'train',
        config: 'small',
        columns,
        ranked: 'refuse',
        emptyPrompts: false,
      },
      eval: { path: 'held.jsonl', split: 'test', columns, ranked: 'refuse', emptyPrompts: false },
      maxLength: 256,
      maxPromptLength: 256,
      chatTemplate: 'auto',
    });
  });

  it.each([
    '',
    'model: x',
    'model: x\nreference: { policy: same }',
    'model: x\nreference: { policy: none }',
    '[[',
  ])('leaves out what is not named: %j', (text) => {
    const { reference, adapter, train, eval: held } = query(text);
    expect({ reference, adapter, train, held }).toEqual({});
  });

  it.each([
    ['/a.dpo.yaml', '/'],
    ['/projects/a\\b.dpo.yaml', '/projects'],
    ['C:\\a.dpo.yaml', 'C:\\'],
    ['C:\\work\\a.dpo.yaml', 'C:\\work'],
    ['C:/work/a.dpo.yaml', 'C:/work'],
  ])('starts from the folder of %s', (configFile, folder) => {
    expect(query('', configFile).baseFolder).toBe(folder);
  });
});
