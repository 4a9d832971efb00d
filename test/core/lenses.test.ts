import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { lensesOf } from '../../src/core/language/lenses';
import type { LensState } from '../../src/core/language/types';
import type { MetricsLine } from '../../src/core/runs/format';
import type { RunOverview } from '../../src/core/runs/run-snapshot';

const BASE =
  'model: org/unheard-of\nobjective:\n  beta: 0.1\ndata:\n  train: org/data\n  eval_fraction: 0.1\n';
const NOTHING: LensState = { canStart: true, runs: [] };

/** Titles as they stand above each line. */
function lenses(text: string, state?: LensState): string[] {
  const lines = new Map<number, string[]>();
  for (const { title, range } of lensesOf(check(text, 'a.dpo.yaml'), state)) {
    const line = text.slice(0, range.start).split('\n').length;
    lines.set(line, [...(lines.get(line) ?? []), title]);
  }
  return [...lines].map(([line, titles]) => `${line}: ${titles.join(' | ')}`);
}

function run(beta: number, state: RunOverview['state'], values: MetricsLine['values'] = {}): RunOverview {
  const id = `20261123-141530-beta${beta}-aaaa`;
  const file = {
    configFile: '/w/a.dpo.yaml',
    configText: '',
    configHash: '',
    baseFolder: '',
    dataFolder: '',
  };
  return {
    id,
    folder: `/w/${id}`,
    state,
    run: {
      format: 2,
      id,
      created: 0,
      producer: { kind: 'onnx', trainer: 'dpo-lab' },
      config: { objective: { beta } },
      ...file,
      versions: {},
    },
    train: {},
    eval: values,
    alarms: [],
  };
}

describe('lenses', () => {
  it('offer no start where nothing may be started', () => {
    expect(lenses(BASE)).toEqual([
      '1: Reference: frozen copy of the starting policy | Switch reference...',
      '3: Add sweep',
    ]);
  });

  it('start what the config describes', () => {
    expect(lenses(BASE, NOTHING)).toEqual([
      '1: $(play) Train | $(graph-line) Sweep beta... | Reference: frozen copy of the starting policy | Compute log-probabilities | Switch reference...',
      '3: $(graph-line) Sweep around 0.1 | Add sweep',
    ]);
    const swept = lenses(`${BASE}sweep:\n  beta: [0.1, 0.05, 0.02]\n  seeds: [0, 1]\n`, NOTHING);
    expect(swept[0]).toMatch(/^1: \$\(play\) Train \| \$\(graph-line\) Sweep 3 betas, 6 runs \|/);
    // What stands in the sweep is not what stands here.
    expect(swept).toHaveLength(1);
  });

  it('tell what there is of the reference', () => {
    const state = { ...NOTHING, cachedPairs: 2312 };
    const foreign = `${BASE}reference:\n  policy: org/stronger\n`;
    expect(lenses(foreign, state)).toContain(
      '8: Reference: org/stronger | Log-probabilities: computed | Compare with policy | Switch reference...',
    );
    const none = `${BASE}reference:\n  policy: none\n`;
    expect(lenses(none, NOTHING).join('\n')).toMatch(/^8: Reference: none \| Switch reference\.\.\./m);
  });

  it('tell of runs that go on, and how the last one ended', () => {
    const live = [run(0.1, 'completed'), run(0.1, 'running'), run(0.05, 'queued')];
    expect(lenses(BASE, { ...NOTHING, runs: live })[0]).toContain('| 2 runs in progress |');
    expect(lenses(BASE, { ...NOTHING, runs: [run(0.1, 'failed')] })[0]).toContain('| Last run: failed |');
  });

  it('compare completed runs at nearby betas by what all of them have', () => {
    const both = { accuracy: 0.85, win_rate: 0.56 };
    const runs = [
      run(0.1, 'completed', { accuracy: 0.2 }),
      run(0.1, 'completed', both),
      run(0.05, 'completed', { ...both, win_rate: 0.61 }),
      run(0.02, 'stopped', both),
      run(0.0001, 'completed', both),
    ];
    expect(lenses(BASE, { ...NOTHING, runs }).at(-1)).toContain('| Win rate: 56 % at 0.1, 61 % at 0.05');
    const without = [...runs, run(0.2, 'completed', { accuracy: 0.9 })];
    expect(lenses(BASE, { ...NOTHING, runs: without }).at(-1)).toContain(
      '| Held-out accuracy: 90 % at 0.2, 85 % at 0.1, 85 % at 0.05',
    );
  });
});
