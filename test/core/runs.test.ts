import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { resolveConfig } from '../../src/core/config/resolved';
import { activityOf } from '../../src/core/runs/activity';
import {
  isControlFile,
  isEventLine,
  isRunStatus,
  isTrainerLine,
  metricsLine,
} from '../../src/core/runs/read-files';
import { Pace } from '../../src/core/runs/remaining-time';
import { runFileOf } from '../../src/core/runs/run-file';
import { runId, sweepId } from '../../src/core/runs/run-id';
import { armConfig, sweepArms } from '../../src/core/sweeps/arms';

const config = (text: string) =>
  resolveConfig(check(`model: ./m\ndata:\n  train: a.jsonl\n${text}`, 'a.dpo.yaml').experiment);

describe('ids', () => {
  it('sort by time and read well', () => {
    const time = Date.UTC(2026, 10, 23, 14, 15, 30);
    expect(runId(time, 0.01, 'k3f9')).toBe('20261123-141530-beta0.01-k3f9');
    expect(sweepId(time, 'k3f9')).toBe('20261123-141530-sweep-k3f9');
  });
});

describe('arms', () => {
  it('are every beta with the first seed, then with the next', () => {
    const swept = config('sweep:\n  beta: [0.1, 0.02, 0.1]\n  seeds: [3, 4]\n');
    expect(sweepArms(swept)).toEqual([
      { beta: 0.1, seed: 3 },
      { beta: 0.02, seed: 3 },
      { beta: 0.1, seed: 4 },
      { beta: 0.02, seed: 4 },
    ]);
    expect(sweepArms(swept, { beta: [1], seeds: [0] })).toEqual([{ beta: 1, seed: 0 }]);
    expect(sweepArms(config('objective:\n  beta: 0.05\n'), { seeds: [1] })).toEqual([
      { beta: 0.05, seed: 1 },
    ]);
    expect(sweepArms(config(''))).toEqual([]);
    const arm = armConfig(swept, { beta: 1, seed: 2 });
    expect(arm).toMatchObject({ 'objective.beta': 1, 'training.seed': 2 });
    expect(arm['sweep.beta']).toBeUndefined();
  });
});

describe('activity', () => {
  it('says what is done and how far', () => {
    expect(activityOf({ phase: 'reference', done: 120, total: 2312 })).toBe(
      'reference log-probabilities 120 of 2,312',
    );
    expect(activityOf({ phase: 'loading', done: 5e8, total: 1e9 })).toBe('loading the model 50 %');
    expect(activityOf({ phase: 'reading', done: 4e6, total: 1e7 })).toBe('reading pairs 40 %');
    expect(activityOf({ phase: 'tokenizing' })).toBe('tokenizing pairs');
    expect(activityOf({ phase: 'training' })).toBeUndefined();
  });
});

describe('Pace', () => {
  it('judges by the newest steps', () => {
    const pace = new Pace();
    expect(pace.remaining(100)).toBeUndefined();
    for (let step = 1; step <= 60; step++) pace.see({ step, time: step * 1000 });
    expect(pace.remaining(100)).toBe(40_000);
    expect(pace.remaining(50)).toBe(0);
  });

  it('begins anew when steps come again or the clock goes back', () => {
    const pace = new Pace();
    pace.see({ step: 10, time: 10_000 });
    pace.see({ step: 11, time: 15_000 });
    pace.see({ step: 12, time: 1000 });
    expect(pace.remaining(100)).toBeUndefined();
    pace.see({ step: 13, time: 3000 });
    expect(pace.remaining(100)).toBe(174_000);
    expect(pace.slowest).toBe(5000);
  });
});

describe('reading files', () => {
  it('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        for (const read of [isControlFile, isEventLine, runFileOf, isRunStatus, isTrainerLine, metricsLine]) {
          read(value);
        }
      }),
    );
  });

  it('takes values that a trainer has of its own, and leaves out what is no number', () => {
    const line = {
      step: 1,
      time: 2,
      split: 'train',
      values: { loss: 0.5, accuracy: 'NaN', other: 1, kl: 'x' },
    };
    expect(metricsLine(line)?.values).toEqual({ loss: 0.5, accuracy: 'NaN', other: 1 });
    const odd = { '': 1, ['x'.repeat(101)]: 1 };
    expect(metricsLine({ ...line, values: odd })?.values).toEqual({});
    expect(metricsLine({ ...line, split: 'test' })).toBeUndefined();
    expect(isTrainerLine({ time: 1, kind: 'constructor' })).toBe(false);
  });
});
