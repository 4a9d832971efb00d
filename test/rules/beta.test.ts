import { describe, expect, it } from 'vitest';
import { fixesOf } from '../../src/core/check/check';
import { applyEdits } from '../../src/core/words/text';
import { checked, codes, messages, type Sections } from './support';

const OTHER = '{ policy: meta-llama/Meta-Llama-3-70B-Instruct }';
const PRIOR = '{ score: prior }';

describe('beta rules', () => {
  it.each<[string, Sections, string[]]>([
    ['0.1, the default', { objective: '' }, ['BETA001 hint']],
    ['0.1, written', { objective: '{ beta: 0.1 }' }, ['BETA001 hint']],
    ['0.09', { objective: '{ beta: 0.09 }' }, []],
    ['0.1 beside a sweep', { objective: '{ beta: 0.1 }', sweep: '{ beta: [0.1, 0.01] }' }, []],
    [
      '0.1 beside a sweep that is broken',
      { objective: '{ beta: 0.1 }', sweep: '{ beta: [0] }' },
      ['BETA002 error'],
    ],
    ['0.1 with hinge', { objective: '{ beta: 0.1, loss: hinge }' }, []],
    ['0.1 against the prior', { objective: '{ beta: 0.1 }', reference: PRIOR }, ['REF004 info']],
    [
      '0.1 against columns of unknown origin',
      { objective: '{ beta: 0.1 }', reference: '{ logprobs: columns }' },
      [],
    ],

    ['zero', { objective: '{ beta: 0 }' }, ['BETA002 error']],
    ['negative', { objective: '{ beta: -0.1 }' }, ['BETA002 error']],
    ['in quotes', { objective: '{ beta: "0.05" }' }, ['BETA002 error']],
    ['nothing', { objective: '{ beta: }' }, ['BETA002 error']],
    ['a list in the wrong place', { objective: '{ beta: [0.1, 0.01] }' }, ['BETA002 error']],
    ['one number as a sweep', { sweep: '{ beta: 0.05 }' }, ['BETA002 error']],
    ['an empty sweep', { sweep: '{ beta: [] }' }, ['BETA002 error']],
    ['two wrong arms', { sweep: '{ beta: [0, 0.1, x] }' }, ['BETA002 error', 'BETA002 error']],
    ['tiny but above 0', { objective: '{ beta: 0.006 }' }, []],

    ['at the cliff', { objective: '{ beta: 0.005 }' }, ['BETA003 warning']],
    ['just above the cliff', { objective: '{ beta: 0.0051 }' }, []],
    [
      'a sweep below the cliff',
      { sweep: '{ beta: [0.005, 0.001] }' },
      ['BETA003 warning', 'BETA003 warning'],
    ],
    ['a sweep that probes the cliff', { sweep: '{ beta: [0.02, 0.005, 0.002] }' }, ['BETA003 hint']],
    ['a sweep that stops at the cliff', { sweep: '{ beta: [0.02, 0.005], stop_degenerate: true }' }, []],
    ['low for another reference', { objective: '{ beta: 0.005 }', reference: OTHER }, ['BETA006 info']],
    ['low with ipo', { objective: '{ beta: 0.005, loss: ipo }' }, ['BETA007 hint']],

    ['1, summed', { objective: '{ beta: 1 }' }, ['BETA004 warning']],
    ['0.9, summed', { objective: '{ beta: 0.9 }' }, []],
    ['a sweep from low to high', { sweep: '{ beta: [10, 1, 0.1] }' }, []],
    ['a sweep of high values', { sweep: '{ beta: [10, 1] }' }, ['BETA004 warning']],
    ['1 without a reference', { objective: '{ beta: 1 }', reference: '{ policy: none }' }, ['REF004 info']],

    ['0.4, averaged', { objective: '{ beta: 0.4, length_normalized: true }' }, ['BETA005 warning']],
    ['0.5, averaged', { objective: '{ beta: 0.5, length_normalized: true }' }, []],
    ['ipo, averaged', { objective: '{ beta: 0.1, length_normalized: true, loss: ipo }' }, ['BETA007 hint']],
    [
      'low sweep, averaged',
      { objective: '{ length_normalized: true }', sweep: '{ beta: [0.1, 0.01] }' },
      ['BETA005 warning'],
    ],

    ['0.1, another reference', { objective: '{ beta: 0.1 }', reference: OTHER }, ['BETA006 info']],
    ['0.2, another reference', { objective: '{ beta: 0.2 }', reference: OTHER }, ['REF010 info']],
    ['not written, another reference', { objective: '', reference: OTHER }, ['REF010 info']],
    ['swept, another reference', { reference: OTHER, sweep: '{ beta: [0.01, 0.1, 1, 10] }' }, []],

    ['a shell variable', { objective: '{ beta: $1 }' }, ['BETA009 error']],
    ['a Hydra placeholder', { objective: '{ beta: ??? }' }, ['BETA009 error']],
    ['a template', { objective: '{ beta: "{{ beta }}" }' }, ['BETA009 error']],
    ['a template that YAML reads as a map', { objective: '{ beta: {{ beta }} }' }, ['BETA009 error']],
    ['a variable among arms', { sweep: '{ beta: [0.1, $BETA] }' }, ['BETA009 error']],
    ['money, which is no variable', { objective: '{ beta: 5$ }' }, ['BETA002 error']],
  ])('%s', (_, sections, expected) => {
    expect(codes(sections)).toEqual(expected);
  });

  it('says more of a beta far below the cliff', () => {
    expect(messages({ objective: '{ beta: 5.0e-4 }' })).toContain('5e-4 is far below every beta');
    expect(messages({ objective: '{ beta: 0.001 }' })).toContain('where texts stop ending');
  });

  it('gives the target of ipo for every arm', () => {
    expect(messages({ objective: '{ loss: ipo }', sweep: '{ beta: [0.5, 0.1] }' })).toContain('1 and 5 nats');
  });

  it('names the nearest pair of the paper', () => {
    const reference = { reference: '{ policy: Qwen/Qwen2.5-72B-Instruct }' };
    expect(messages({ ...reference, model: 'allenai/tulu-2-7b' })).toContain('tulu-2-7b with');
    expect(messages({ ...reference, model: 'Qwen/Qwen2.5-7B-Instruct' })).toContain(
      'mistral-7b-sft with Mistral-7B-Instruct-v0.2',
    );
  });

  it.each<[string, Sections, string[]]>([
    ['a list', { objective: '{ beta: [0.1, 0.01] }' }, ['Sweep beta: 0.1, 0.01']],
    ['a number in quotes', { objective: '{ beta: "0.05" }' }, ['Change to 0.05']],
    ['a missing bracket', { sweep: '{ beta: 0.05 }' }, ['Change to [0.05]']],
    [
      'a variable',
      { objective: '{ beta: $1 }' },
      ['Sweep beta: 0.1, 0.05, 0.02, 0.01, 0.005', 'Change to 0.1'],
    ],
    ['a variable beside a sweep', { objective: '{ beta: $1 }', sweep: '{ beta: [0.1] }' }, ['Change to 0.1']],
    ['a word', { objective: '{ beta: [low] }' }, []],
  ])('fixes %s', (_, sections, titles) => {
    const result = checked(sections);
    const [problem] = result.problems;
    const fixes = problem ? fixesOf(result, problem) : [];
    expect(fixes.map(({ title }) => title)).toEqual(titles);
    for (const { edits } of fixes) expect(applyEdits(result.text, edits)).not.toBe(result.text);
  });
});
