import { describe, expect, it } from 'vitest';
import { withOthers } from '../../src/core/panels/sweep-others';
import { sweepPageOf } from '../../src/core/panels/sweep-page';
import { missingArms } from '../../src/core/sweeps/missing-arms';
import { settingsKey } from '../../src/core/sweeps/same-settings';
import { decidedSweep, knownArm } from '../webview/sweep-arms';

const page = (arms: Parameters<typeof sweepPageOf>[0]['arms'], deleted = 0) =>
  sweepPageOf({ id: 'sweep', arms, deleted });

describe('the page of a sweep', () => {
  it('answers, from decided to nothing at all', () => {
    expect(page(decidedSweep()).answer).toMatchObject({ kind: 'decided', headline: 'Take beta 0.02' });
    const one = [0.1, 0.05, 0.02].map((beta) => knownArm({ beta, winRate: 0.5 + beta }));
    expect(page(one).answer).toMatchObject({
      kind: 'undecided',
      next: { betas: [0.5, 0.2], seeds: 1, runs: 2 },
    });
    const running = [...decidedSweep(), knownArm({ beta: 0.02, seed: 3, state: 'queued' })];
    expect(page(running).answer).toEqual({
      kind: 'running',
      headline: 'Best so far: beta 0.02 (71 % win rate, 3 seeds)',
      beta: 0.02,
      evidence: expect.stringMatching(/ 1 queued\.$/),
    });
    const failed = [knownArm({ beta: 0.1, state: 'failed', error: 'The disk is full.', isMeasured: false })];
    expect(page(failed).answer).toMatchObject({
      kind: 'nothing',
      headline: 'No arm has completed',
      evidence: 'The disk is full.',
    });
  });

  it('says how far the arms are', () => {
    expect(page(decidedSweep()).sentence).toBe('All 15 arms completed in 20 s.');
    const mixed = [
      knownArm({ beta: 0.1 }),
      knownArm({ beta: 0.05, state: 'failed' }),
      knownArm({ beta: 0.02, isOther: true }),
    ];
    expect(page(mixed, 1).sentence).toBe(
      '2 arms: 1 completed, 1 failed. 1 arm of other sweeps with the same settings counted in. 1 arm deleted.',
    );
  });

  it('names the curve of the paper for the same kind of reference, and none where the paper has none', () => {
    const arm = knownArm({ beta: 0.1 });
    const withConfig = (changes: Record<string, unknown>) => {
      if (!arm.run) throw new Error('The arm has no run.');
      const config = { ...arm.run.config, ...changes };
      return page([{ ...arm, run: { ...arm.run, config } }]).paper;
    };
    expect(withConfig({})?.pair).toBe('mistral-7b-sft with itself as reference');
    expect(withConfig({ model: { path: 'allenai/tulu-2-7b' } })).toMatchObject({
      pair: 'tulu-2-7b with itself as reference',
      points: expect.arrayContaining([{ beta: 0.005, winRate: undefined }]),
    });
    const foreign = { policy: 'mistralai/Mistral-7B-Instruct-v0.2', score: 'conditional' };
    expect(
      withConfig({ model: { path: 'HuggingFaceH4/mistral-7b-sft-beta' }, reference: foreign })?.pair,
    ).toBe('mistral-7b-sft with Mistral-7B-Instruct-v0.2 as reference');
    expect(withConfig({ reference: { policy: 'none', score: 'conditional' } })).toBeUndefined();
    expect(withConfig({ reference: { policy: 'same', score: 'prior' } })).toBeUndefined();
    expect(withConfig({ objective: { loss: 'ipo', beta: 0.1 } })).toBeUndefined();
  });

  it('holds no raw reward', () => {
    const arms = [knownArm({ beta: 0.1, changes: { reward_margin: 123456 } })];
    expect(JSON.stringify(page(arms))).not.toContain('123456');
  });
});

describe('arms of other sweeps', () => {
  it('fill what a sweep lacks, the newest of each', () => {
    const arms = [
      knownArm({ beta: 0.1, seed: 0 }),
      knownArm({ beta: 0.05, seed: 0, state: 'failed' }),
      { ...knownArm({ beta: 0.1, seed: 0, isOther: true }), id: 'a' },
      { ...knownArm({ beta: 0.05, seed: 0, isOther: true }), id: 'b' },
      { ...knownArm({ beta: 0.05, seed: 0, isOther: true }), id: 'c' },
      { ...knownArm({ beta: 0.02, seed: 0, isOther: true, state: 'interrupted' }), id: 'd' },
    ];
    expect(withOthers(arms).map(({ id }) => id)).toEqual([arms[0]?.id, arms[1]?.id, 'c']);
  });

  it('have the same settings but for beta, seed and the size of the sweep', () => {
    const keyOf = (beta: number, seed: number, changes: object = {}) => {
      const { run } = knownArm({ beta, seed });
      if (!run) throw new Error('The arm has no run.');
      return settingsKey({ ...run, config: { ...run.config, ...changes } });
    };
    expect(keyOf(0.1, 0)).toBe(keyOf(0.02, 3, { sweep: { parallel: 2, beta: [1, 2] } }));
    expect(keyOf(0.1, 0)).not.toBe(keyOf(0.1, 0, { model: { path: './other' } }));
  });
});

describe('missing arms', () => {
  const there = (beta: number, seed: number, state: 'completed' | 'running' | 'failed' = 'completed') => ({
    beta,
    seed,
    state,
  });

  it('are those that completed and live ones leave, a seed of each beta after another', () => {
    const arms = missingArms(
      { betas: [0.1, 0.05], seeds: 3 },
      [there(0.1, 1), there(0.05, 2, 'running'), there(0.05, 1, 'failed')],
      0,
    );
    expect(arms).toEqual([
      { beta: 0.1, seed: 2 },
      { beta: 0.05, seed: 1 },
      { beta: 0.1, seed: 3 },
      { beta: 0.05, seed: 3 },
    ]);
  });

  it('are none where all is there, and begin at the seed of the config where nothing is', () => {
    expect(missingArms({ betas: [0.1], seeds: 1 }, [there(0.1, 5)], 0)).toEqual([]);
    expect(missingArms({ betas: [0.1], seeds: 2 }, [], 42)).toEqual([
      { beta: 0.1, seed: 42 },
      { beta: 0.1, seed: 43 },
    ]);
  });
});
