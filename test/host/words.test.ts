import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { summarize } from '../../src/host/experiments/experiment-summary';
import { relativePath } from '../../src/host/vscode/relative-path';

const GOOD = 'model: org/model\nobjective:\n  beta: 0.02\ndata:\n  train: org/data\n  eval_fraction: 0.1\n';

describe('the summary of an experiment', () => {
  const summary = (text: string) => summarize(check(text, 'a.dpo.yaml'));

  it('counts what is wrong', () => {
    expect(summary(GOOD.replace('0.02', '-1'))).toEqual({ state: 'error', words: '1 error' });
    expect(summary(GOOD.replace('0.02', '0.001'))).toEqual({ state: 'warning', words: '1 warning' });
    expect(summary(GOOD.replace('0.02', '0.001\n  bet: 1\n  los: x'))).toEqual({
      state: 'error',
      words: '2 errors, 1 warning',
    });
  });

  it('names model and beta where nothing is', () => {
    expect(summary(GOOD)).toEqual({ state: 'fine', words: 'model, beta 0.02' });
    const swept = GOOD.replace('org/model', './models/mine/').concat('sweep:\n  beta: [0.05, 0.02]\n');
    expect(summary(swept).words).toBe('mine, beta 0.05, 0.02');
  });
});

describe('the path by which a config names a file', () => {
  const file = (path: string, scheme = 'file', authority = '') => ({ scheme, authority, path });

  it('is relative to the folder of the config', () => {
    expect(relativePath(file('/ws/configs'), file('/ws/data/a.jsonl'))).toBe('../data/a.jsonl');
    expect(relativePath(file('/ws'), file('/ws/a.jsonl'))).toBe('a.jsonl');
    expect(relativePath(file('/'), file('/ws/a.jsonl'))).toBe('ws/a.jsonl');
  });

  it('does not lead to another drive or file system', () => {
    expect(relativePath(file('/c:/ws'), file('/d:/a.jsonl'))).toBeUndefined();
    expect(relativePath(file('/ws'), file('/ws/a.jsonl', 'memfs'))).toBeUndefined();
  });
});
