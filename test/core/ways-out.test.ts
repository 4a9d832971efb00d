import { describe, expect, it } from 'vitest';
import { ALARM_ENTRIES } from '../../src/core/alarms/alarm-entries';
import { check } from '../../src/core/check/check';
import { resolveConfig } from '../../src/core/config/resolved';
import { waysOut } from '../../src/core/panels/ways-out';

const TEXT = `model: ./m
data:
  train: a.jsonl
  columns: { chosen: good, rejected: bad }
objective:
  beta: 0.1
training:
  steps: 100
  eval_every: 10
  learning_rate: 5.0e-6
`;
const CONFIG = resolveConfig(check(TEXT, 'a.dpo.yaml').experiment);
const labels = (code: string, change = {}) =>
  waysOut({ code, step: 50 }, { ...CONFIG, ...change }).map(({ label }) => label);

describe('ways out of an alarm', () => {
  it('are up to three changes that fit the config of the run', () => {
    expect(labels('RUN006')).toEqual(['Beta 0.2', 'Learning rate 2.5e-6', '40 steps']);
    expect(labels('RUN014')).toEqual([
      'Swap chosen and rejected',
      'Label smoothing 0.1',
      'Learning rate 2.5e-6',
    ]);
    expect(labels('RUN015', { 'objective.sft_weight': 1 })[0]).toBe('No SFT term');
    expect(waysOut({ code: 'RUN014', step: 50 }, CONFIG)[0]?.changes).toEqual([
      { path: 'data.columns.chosen', value: 'bad' },
      { path: 'data.columns.rejected', value: 'good' },
    ]);
  });

  it('exist for every kind of alarm, and each makes a config without errors', () => {
    for (const { code } of ALARM_ENTRIES) {
      if (code === 'RUN012') continue;
      // A run whose reference comes from columns, as for RUN001.
      const text = code.startsWith('RUN001') ? `${TEXT}reference: { logprobs: columns }\n` : TEXT;
      const { experiment } = check(text, 'a.dpo.yaml');
      const ways = waysOut({ code, step: 50 }, resolveConfig(experiment));
      expect(ways.length, code).toBe(3);
      for (const { changes } of ways) {
        let changed = text;
        for (const { path, value } of changes) {
          const edits = check(changed, 'a.dpo.yaml').experiment.set(path, value) ?? [];
          expect(edits.length, path).toBeGreaterThan(0);
          for (const { range, newText } of [...edits].sort((a, b) => b.range.start - a.range.start))
            changed = changed.slice(0, range.start) + newText + changed.slice(range.end);
        }
        const errors = check(changed, 'a.dpo.yaml').problems.filter(({ severity }) => severity === 'error');
        expect(errors, `${code}\n${changed}`).toEqual([]);
      }
    }
  });

  it('leave out what is set so already, or not known', () => {
    expect(labels('RUN009', { 'training.warmup': 0.2 })).not.toContain('Warm-up 10 %');
    expect(waysOut({ code: 'RUN006', step: 5 }, {})).toEqual([expect.objectContaining({ label: '4 steps' })]);
    expect(waysOut({ code: 'RUN999', step: 5 }, CONFIG)).toEqual([]);
  });
});
