import { describe, expect, it } from 'vitest';
import { DPO_LAB } from '../../src/core/config/dpo-lab';
import type { Experiment, TrainerProfile } from '../../src/core/config/experiment';
import type { Facts } from '../../src/core/facts';
import { CODE_ENTRIES, RULES, ruleEntry } from '../../src/core/rules/all';
import { BETA009 } from '../../src/core/rules/beta/beta009-variable';
import { REF002 } from '../../src/core/rules/reference/ref002-other-tokenizer';
import { codes, config, modelFacts, type Sections } from './support';

/** The same config as another trainer would have it. */
function withTrainer(sections: Sections, profile: Partial<TrainerProfile>): Experiment {
  const [experiment] = DPO_LAB.read(config(sections), 'experiment.dpo.yaml', {}).experiments;
  return Object.create(experiment, {
    trainer: { value: { ...experiment.trainer, ...profile } },
  }) as Experiment;
}

describe('rule entries', () => {
  it('every code is there once and can be looked up', () => {
    const all = CODE_ENTRIES.map(({ code }) => code);
    expect(new Set(all).size).toBe(all.length);
    expect(ruleEntry('BETA001')).toBe(RULES.find(({ code }) => code === 'BETA001'));
    expect(ruleEntry('BETA999')).toBeUndefined();
  });

  it.each(CODE_ENTRIES.map((entry) => [entry.code, entry] as const))('%s is documented', (code, entry) => {
    expect(code).toMatch(/^[A-Z]+\d{3}b?$/);
    expect(entry.title).not.toMatch(/[.:]$/);
    for (const text of [entry.when, entry.why, entry.todo, ...entry.evidence]) expect(text).toMatch(/[.)]$/);
  });
});

describe('a sound config', () => {
  it('has no problems', () => {
    expect(codes({})).toEqual([]);
  });

  it.each<[string, Sections]>([
    ['the least that runs', { objective: '', evaluation: '' }],
    ['the grid of the paper', { sweep: '{ beta: [0.1, 0.05, 0.02, 0.01, 0.005] }' }],
    ['ipo', { objective: '{ loss: ipo, beta: 0.1 }' }],
    ['averaged log-probabilities', { objective: '{ beta: 5, length_normalized: true }' }],
    [
      'the setting of the paper',
      { training: '{ method: full, epochs: 3, learning_rate: 5.0e-7, batch_size: 32 }' },
    ],
  ])('%s: at most hints', (_, sections) => {
    expect(codes(sections).filter((problem) => !problem.endsWith('hint'))).toEqual([]);
  });
});

describe('broken settings', () => {
  it.each<[string, Sections, string[]]>([
    ['a section that is a number', { objective: '5' }, ['VAL001 error']],
    ['a reference that is a number', { reference: '{ policy: 5 }' }, ['VAL001 error']],
    ['a learning rate that is text', { training: '{ learning_rate: fast }' }, ['VAL001 error']],
    ['probes that are no list', { evaluation: '{ probes: Hello? }' }, ['VAL001 error']],
    ['a held-out share of 2', { data: '{ train: a.jsonl, eval_fraction: 2 }' }, ['VAL003 error']],
    ['a batch of none', { training: '{ batch_size: 0, micro_batch_size: 7 }' }, ['VAL003 error']],
    ['seeds that are text', { sweep: '{ seeds: [a, a] }' }, ['VAL001 error', 'VAL001 error']],
  ])('%s: only that is said', (_, sections, expected) => {
    expect(codes(sections)).toEqual(expected);
  });
});

describe('rules for other trainers', () => {
  const sections = { reference: '{ policy: meta-llama/Llama-3.1-70B-Instruct }' };
  const facts = (ours: number, theirs: number): Facts => ({
    policy: modelFacts({ vocabularySize: ours }),
    reference: modelFacts({ vocabularySize: theirs }),
  });

  it('REF002 compares tokenizers where the trainer shares token ids', () => {
    const shared = withTrainer(sections, { foreignTokenizer: false });
    expect([...REF002.check(shared, facts(32000, 128256))]).toHaveLength(1);
    expect([...REF002.check(shared, facts(32000, 32000))]).toEqual([]);
    expect([...REF002.check(withTrainer(sections, {}), facts(32000, 128256))]).toEqual([]);
  });

  it('BETA009 is a remark where variables are filled in', () => {
    const filled = withTrainer({ objective: '{ beta: $1 }' }, { substitutesVariables: true });
    expect([...BETA009.check(filled, {})].map(({ severity }) => severity)).toEqual(['info']);
  });
});
