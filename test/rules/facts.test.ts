import { describe, expect, it } from 'vitest';
import type { Facts, TokenFacts, UnfinishedRun } from '../../src/core/facts';
import { codes, messages, modelFacts, pairs, type Sections, tokens } from './support';

const counted = (changes: Partial<TokenFacts>): Facts => ({ train: pairs({ tokens: tokens(changes) }) });
const unfinished = (changes: Partial<UnfinishedRun>): Facts => ({
  unfinishedRuns: [
    { id: '20261120-1', state: 'stopped', checkpoints: 1, beta: 0.02, reference: 'same', ...changes },
  ],
});
const template = (value: string): Sections => ({
  data: `{ train: a.jsonl, eval_fraction: 0.05, chat_template: ${value} }`,
});
const NO_TEMPLATE = modelFacts({ hasChatTemplate: false });

describe('data rules', () => {
  it.each<[string, Sections, Facts, string[]]>([
    ['9 of 400 over length', {}, counted({ overLength: 9, longestPair: 1500 }), ['DATA001 warning']],
    ['8 of 400 over length', {}, counted({ overLength: 8, longestPair: 1500 }), []],
    ['prompts that fill the limit', {}, counted({ promptFills: 9, longestPair: 1500 }), ['DATA001 warning']],
    ['counts older than the limit', {}, counted({ overLength: 90, longestPair: 1024 }), []],

    [
      'messages without a template',
      {},
      { policy: NO_TEMPLATE, train: pairs({ format: 'messages' }) },
      ['DATA002 warning'],
    ],
    ['messages with a template', {}, { policy: modelFacts(), train: pairs({ format: 'messages' }) }, []],
    ['text without a template', {}, { policy: NO_TEMPLATE, train: pairs() }, []],
    [
      'messages joined as they are',
      template('none'),
      { policy: NO_TEMPLATE, train: pairs({ format: 'messages' }) },
      [],
    ],

    ['17 of 800 without an end', {}, counted({ withoutEos: 17 }), ['DATA003 warning']],
    ['16 of 800 without an end', {}, counted({ withoutEos: 16 }), []],

    ['chosen longer', {}, { train: pairs({ meanChosenLength: 1020 }) }, ['DATA004 warning']],
    ['chosen a little longer', {}, { train: pairs({ meanChosenLength: 1010 }) }, []],
    [
      'chosen longer, averaged',
      { objective: '{ beta: 5, length_normalized: true }' },
      { train: pairs({ meanChosenLength: 1020 }) },
      [],
    ],
    ['chosen shorter', {}, { train: pairs({ meanChosenLength: 590 }) }, ['DATA004 warning']],
    ['chosen a little shorter', {}, { train: pairs({ meanChosenLength: 610 }) }, []],
    ['5 of 400 identical', {}, { train: pairs({ identicalPairs: 5 }) }, ['DATA004 warning']],
    ['4 of 400 identical', {}, { train: pairs({ identicalPairs: 4 }) }, []],
    ['5 of 400 empty', {}, { train: pairs({ emptyResponses: 5, firstEmptyRow: 3 }) }, ['DATA004 warning']],
    [
      'one empty response',
      {},
      { train: pairs({ emptyResponses: 1, firstEmptyRow: 3 }) },
      ['DATA004 warning'],
    ],

    ['special tokens inside', {}, counted({ withInnerSpecial: 17 }), ['DATA005 warning']],
    ['a few special tokens inside', {}, counted({ withInnerSpecial: 16 }), []],
    ['prompts tokenized otherwise', {}, counted({ prefixMismatch: 9 }), ['DATA005 warning']],
    ['a few prompts tokenized otherwise', {}, counted({ prefixMismatch: 8 }), []],

    ['a missing file', {}, { train: { state: 'missing', reason: 'Not there.' } }, ['DATA006 error']],
    [
      'an unreadable file',
      {},
      { train: { state: 'unreadable', reason: 'Line 3 is no JSON.' } },
      ['DATA006 error'],
    ],
    [
      'missing held-out pairs',
      { data: '{ train: a.jsonl, eval: b.jsonl }' },
      { eval: { state: 'missing', reason: 'Not there.' } },
      ['DATA006 error'],
    ],
    ['a hub dataset', {}, { train: { state: 'remote', reason: 'Not downloaded.' } }, []],

    [
      'rows for fine-tuning',
      {},
      { train: pairs({ format: 'unknown', columns: ['instruction', 'output'] }) },
      ['DATA007 error'],
    ],
    [
      'columns of other names',
      {},
      { train: pairs({ format: 'unknown', columns: ['q', 'accepted', 'rejected'] }) },
      ['DATA007 error'],
    ],
    [
      'columns that are named since',
      { data: '{ train: a.jsonl, eval_fraction: 0.05, columns: { chosen: accepted } }' },
      { train: pairs({ format: 'unknown', columns: ['q', 'accepted', 'rejected'] }) },
      [],
    ],

    [
      'a template that is not there',
      template('t.jinja'),
      { train: pairs({ templateReason: 't.jinja does not exist.' }) },
      ['DATA008 warning'],
    ],
    [
      'a tokenizer that is not there',
      template('t.jinja'),
      { train: pairs({ tokensReason: 'tokenizer.json does not exist.' }) },
      [],
    ],

    ['no held-out pairs', { data: '{ train: a.jsonl }' }, {}, ['MON002 info']],
    ['no probes', { evaluation: '' }, {}, ['MON005 hint']],
    ['no probes, in so many words', { evaluation: '{ probes: [] }' }, {}, ['MON005 hint']],
  ])('%s', (_, sections, facts, expected) => {
    expect(codes(sections, facts)).toEqual(expected);
  });

  it('gives the numbers of a length problem', () => {
    const text = messages({}, counted({ overLength: 40, promptFills: 2, longestPair: 1500 }));
    expect(text).toContain('40 of 400 sampled pairs (10 %)');
    expect(text).toContain('the longest has 1500 tokens');
  });

  it('names the columns that were probably meant', () => {
    const facts = { train: pairs({ format: 'unknown', columns: ['prompt', 'accepted', 'rejekted'] }) };
    expect(messages({}, facts)).toContain('accepted for chosen and rejekted for rejected');
  });
});

describe('unfinished runs', () => {
  it.each<[string, Sections, Facts, string[]]>([
    ['another beta', {}, unfinished({ beta: 0.1 }), ['RES001 info']],
    ['the same beta', {}, unfinished({}), []],
    ['a beta of the sweep', { sweep: '{ beta: [0.1, 0.02] }' }, unfinished({ beta: 0.1 }), []],
    [
      'a beta that the sweep has lost',
      { sweep: '{ beta: [0.1, 0.02] }' },
      unfinished({ beta: 0.05 }),
      ['RES001 info'],
    ],
    ['another reference', {}, unfinished({ reference: 'team/strong' }), ['RES001 info']],
    ['nothing to resume', {}, unfinished({ beta: 0.1, checkpoints: 0 }), []],
    [
      'an older run with another beta',
      {},
      {
        unfinishedRuns: [
          ...(unfinished({ beta: 0.1 }).unfinishedRuns ?? []),
          ...(unfinished({ id: '20261121-1' }).unfinishedRuns ?? []),
        ],
      },
      [],
    ],
  ])('%s', (_, sections, facts, expected) => {
    expect(codes(sections, facts)).toEqual(expected);
  });
});
