import { describe, expect, it } from 'vitest';
import { type ComparedFiles, comparePageOf } from '../../src/core/panels/compare-page';
import { knownArm } from '../webview/sweep-arms';

function runOf(beta: number, seed: number, changes: Record<string, unknown> = {}): ComparedFiles {
  const arm = knownArm({ beta, seed });
  if (!arm.run) throw new Error('The arm has no run.');
  return { ...arm, run: { ...arm.run, config: { ...arm.run.config, ...changes } } };
}

describe('the page of compared runs', () => {
  it('lists settings that differ, with their nested names, and no others', () => {
    const page = comparePageOf(
      [runOf(0.02, 0), runOf(0.1, 0, { reference: { policy: './strong', score: 'conditional' } })],
      [],
    );
    expect(page.title).toBe('Compare 2 runs of goldilocks');
    expect(page.runs.map(({ label }) => label)).toEqual([
      'beta 0.1, reference ./strong',
      'beta 0.02, reference same',
    ]);
    expect(page.differences).toEqual([
      { setting: 'reference.policy', values: ['./strong', 'same'] },
      { setting: 'objective.beta', values: ['0.1', '0.02'] },
    ]);
    expect(page.differsInLabels).toBe('Only beta and reference differ.');
  });

  it('tells runs of equal settings apart by their ids', () => {
    const first = { ...runOf(0.1, 0), id: '20261124-225829-beta0.1-k3f9' };
    const second = { ...runOf(0.1, 0), id: '20261124-225830-beta0.1-x71b' };
    const page = comparePageOf([first, second], []);
    expect(page.differences).toEqual([]);
    expect(page.runs.map(({ label }) => label)).toEqual([
      'goldilocks, beta 0.1 (k3f9)',
      'goldilocks, beta 0.1 (x71b)',
    ]);
  });

  it('shortens long values, and says what a run lacks', () => {
    const probes = Array.from({ length: 90 }, (_, index) => `Name ${index} fruits.`);
    const page = comparePageOf([runOf(0.1, 0), runOf(0.1, 1, { evaluation: { probes } })], ['gone']);
    const [values] = page.differences.flatMap(({ setting, values }) =>
      setting === 'evaluation.probes' ? [values] : [],
    );
    expect(values?.[0]).toBe('-');
    expect(values?.[1]).toMatch(/^\["Name 0 fruits\.".*… \(1,?\d+ characters\)$/);
    expect(page.missing).toEqual(['gone']);
    expect(page.differsInLabels).toBe('');
  });

  it('writes small numbers alike', () => {
    const training = (rate: number) => ({ training: { seed: 0, learning_rate: rate } });
    const page = comparePageOf([runOf(0.1, 0, training(5e-7)), runOf(0.1, 0, training(0.000001))], []);
    expect(page.runs.map(({ label }) => label)).toEqual(['learning rate 5e-7', 'learning rate 1e-6']);
  });

  it('keeps a run that cannot be read, last', () => {
    const { run: _, ...unreadable } = runOf(0.1, 0);
    const page = comparePageOf([{ ...unreadable, id: 'torn', problem: 'It is torn.' }, runOf(0.02, 0)], []);
    expect(page.runs.map(({ id }) => id).at(-1)).toBe('torn');
    expect(page.runs.at(-1)?.beta).toBeNaN();
    expect(page.differences).toEqual([]);
  });
});
