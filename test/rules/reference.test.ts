import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/core/facts';
import { codes, messages, modelFacts, pairs, type Sections } from './support';

const QWEN = 'Qwen/Qwen2.5-7B-Instruct';
const ADAPTED = `{ path: ${QWEN}, adapter: adapters/sft }`;
const COLUMNS = '{ logprobs: columns }';
const SWEEP = '{ beta: [0.01, 0.1] }';
const withColumns = (...columns: string[]): Facts => ({
  train: pairs({ columns: ['chosen', 'rejected', ...columns] }),
});

describe('reference rules', () => {
  it.each<[string, Sections, string[]]>([
    [
      'the base without the adapter',
      { model: ADAPTED, reference: `{ policy: ${QWEN} }` },
      ['REF001 warning'],
    ],
    [
      'the base with the adapter',
      { model: ADAPTED, reference: `{ policy: ${QWEN}, adapter: adapters/sft }` },
      ['REF012 warning'],
    ],
    [
      'the base with another adapter',
      { model: ADAPTED, reference: `{ policy: ${QWEN}, adapter: adapters/other }` },
      [],
    ],
    ['an adapter and the default reference', { model: ADAPTED }, []],

    ['none with a dtype', { reference: '{ policy: none, dtype: bf16 }' }, ['REF004 info', 'REF003 warning']],
    [
      'none with columns',
      { reference: '{ policy: none, logprobs: columns }' },
      ['REF004 info', 'REF003 warning'],
    ],
    [
      'none with default settings',
      { reference: '{ policy: none, dtype: auto, score: conditional }' },
      ['REF004 info'],
    ],
    ['columns with a score', { reference: '{ logprobs: columns, score: prior }' }, ['REF003 warning']],
    [
      'columns with the model they come from',
      { reference: `{ logprobs: columns, policy: ${QWEN} }`, sweep: SWEEP },
      [],
    ],
    ['same with an adapter', { reference: '{ adapter: adapters/sft }' }, ['REF003 warning']],
    ['same with a dtype', { reference: '{ dtype: bf16 }' }, []],
    [
      'another model with an adapter',
      { reference: `{ policy: ${QWEN}, adapter: adapters/sft }`, sweep: SWEEP },
      [],
    ],

    ['the prior', { reference: '{ score: prior }' }, ['REF004 info']],

    ['another model', { reference: `{ policy: ${QWEN} }`, objective: '{ beta: 1 }' }, ['REF010 info']],
    ['another model in a sweep', { reference: `{ policy: ${QWEN} }`, sweep: SWEEP }, []],

    ['a checkpoint of a run', { model: '.dpo/runs/a/checkpoints/40' }, ['REF011 warning']],
    [
      'an adapter from the middle of a run',
      { model: `{ path: ${QWEN}, adapter: .dpo/runs/a/checkpoints/40 }` },
      ['REF011 warning'],
    ],
    ['the result of a run', { model: '.dpo/runs/a/model' }, []],
    ['a checkpoint of a trainer', { model: 'out/dpo/checkpoint-500' }, ['REF011 warning']],
    ['a checkpoint of fine-tuning', { model: 'out/sft/checkpoint-500' }, []],
    [
      'a checkpoint with its own reference',
      { model: 'out/checkpoint-500', reference: `{ policy: ${QWEN} }`, sweep: SWEEP },
      [],
    ],

    [
      'the policy written out, full',
      { model: QWEN, reference: `{ policy: ${QWEN} }`, training: '{ method: full }' },
      ['REF012 info'],
    ],
    ['another revision of the policy', { model: QWEN, reference: `{ policy: ${QWEN}, revision: v1 }` }, []],

    ['a base model by its name', { model: 'mistralai/Mistral-7B-v0.1' }, ['REF014 warning']],
    ['a base model with -Base', { model: 'Qwen/Qwen3-8B-Base' }, ['REF014 warning']],
    ['a base model of Llama 2', { model: 'meta-llama/Llama-2-7b-hf' }, ['REF014 warning']],
    ['a base model with an adapter', { model: '{ path: mistralai/Mistral-7B-v0.1, adapter: a/sft }' }, []],
    ['a base model with an SFT term', { model: 'gpt2', objective: '{ beta: 0.02, sft_weight: 1 }' }, []],
    ['a tuned model with a plain name', { model: 'Qwen/Qwen3-8B' }, []],
    ['a tuned Mistral', { model: 'HuggingFaceH4/mistral-7b-sft-beta' }, []],
    ['a folder with a name of its own', { model: './models/mine' }, []],
  ])('%s', (_, sections, expected) => {
    expect(codes(sections)).toEqual(expected);
  });

  it.each<[string, Sections, Facts, string[]]>([
    ['columns that are there', { reference: COLUMNS }, withColumns('chosen_logprob', 'rejected_logprob'), []],
    ['columns that are missing', { reference: COLUMNS }, withColumns(), ['REF005 error']],
    ['one column of two', { reference: COLUMNS }, withColumns('chosen_logprob'), ['REF005 error']],
    ['columns missing in the held-out pairs', { reference: COLUMNS }, { eval: pairs() }, ['REF005 error']],
    ['columns that nobody reads', {}, withColumns('ref_chosen_logps', 'ref_rejected_logps'), ['REF005 info']],
    [
      'columns that are not wanted',
      { reference: '{ logprobs: compute }' },
      withColumns('chosen_logprob', 'rejected_logprob'),
      [],
    ],
    [
      'columns without a reference',
      { reference: '{ policy: none }' },
      withColumns('chosen_logprob', 'rejected_logprob'),
      ['REF004 info'],
    ],
    [
      'columns of other names',
      {
        reference: COLUMNS,
        data: '{ train: a.jsonl, eval_fraction: 0.1, columns: { chosen_logprob: c, rejected_logprob: r } }',
      },
      withColumns('c', 'r'),
      [],
    ],

    [
      'an adapter of another base',
      { model: ADAPTED },
      { adapter: { found: 'folder', baseModel: 'Qwen/Qwen2.5-14B' } },
      ['REF013 error'],
    ],
    [
      'an adapter of this base',
      { model: ADAPTED },
      { adapter: { found: 'folder', baseModel: 'qwen/qwen2.5-7b-instruct' } },
      [],
    ],
    [
      'an adapter of a copy of this base',
      { model: ADAPTED },
      { adapter: { found: 'folder', baseModel: 'unsloth/Qwen2.5-7B-Instruct-bnb-4bit' } },
      [],
    ],
    [
      'an adapter of a folder',
      { model: ADAPTED },
      { adapter: { found: 'folder', baseModel: '/data/models/qwen' } },
      [],
    ],
    [
      'an adapter beside a folder',
      { model: ADAPTED },
      {
        policy: modelFacts({ found: 'folder' }),
        adapter: { found: 'folder', baseModel: 'Qwen/Qwen2.5-14B' },
      },
      [],
    ],

    ['a base name with a template', { model: 'mistralai/Mistral-7B-v0.1' }, { policy: modelFacts() }, []],
    [
      'a base name without a template',
      { model: 'mistralai/Mistral-7B-v0.1' },
      { policy: modelFacts({ hasChatTemplate: false }) },
      ['REF014 warning'],
    ],

    [
      'no such folder',
      { model: './modles/a' },
      { policy: { found: 'no', reason: 'Not there.', looksLike: 'folder' } },
      ['MODEL001 error'],
    ],
    [
      'a hub id that is not downloaded',
      {},
      { policy: { found: 'no', reason: 'Not there.', looksLike: 'hub id' } },
      [],
    ],
    [
      'no such reference folder',
      { reference: '{ policy: ./other }', sweep: SWEEP },
      { reference: { found: 'no', reason: 'Not there.', looksLike: 'folder' } },
      ['MODEL001 error'],
    ],
    [
      'no such adapter folder',
      { model: `{ path: ${QWEN}, adapter: ./a }` },
      { adapter: { found: 'no', reason: 'Not there.' } },
      ['MODEL001 error'],
    ],
    [
      'an adapter that may be on the hub',
      { model: `{ path: ${QWEN}, adapter: team/a }` },
      { adapter: { found: 'no', reason: 'Not there.' } },
      [],
    ],
  ])('with facts: %s', (_, sections, facts, expected) => {
    expect(codes(sections, facts)).toEqual(expected);
  });

  it('names the column that is there alone', () => {
    expect(messages({ reference: COLUMNS }, withColumns('chosen_logprob'))).toContain(
      'has only chosen_logprob',
    );
  });
});
