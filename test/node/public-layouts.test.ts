import { describe, expect, it } from 'vitest';
import { readPair } from '../../src/node/data/pairs';
import { COLUMNS } from './support';

/** One row in the columns of a public data set or of another trainer's manual, with words of our own: docs/DATA.md. */
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const both = { chosen: 'brass', rejected: 'zinc' };
const lists = {
  chosen: [user('Name one'), assistant('brass')],
  rejected: [user('Name one'), assistant('zinc')],
};

const ROWS: readonly [name: string, row: Record<string, unknown>, outcome: string | RegExp][] = [
  [
    'HuggingFaceH4/ultrafeedback_binarized',
    { prompt: 'Name one', prompt_id: 'x', messages: lists.chosen, ...lists, score_chosen: 8 },
    'messages',
  ],
  [
    'argilla/distilabel-capybara-dpo-7k-binarized',
    {
      prompt: 'Name one',
      conversation: [{ input: 'Name one', output: 'brass' }],
      ...lists,
      rating_chosen: 5,
    },
    'messages',
  ],
  ['Intel/orca_dpo_pairs', { system: '', question: 'Name one', ...both }, 'Orca'],
  [
    'argilla/distilabel-intel-orca-dpo-pairs',
    {
      system: 'Be brief.',
      input: 'Name one',
      ...both,
      generations: ['brass', 'zinc'],
      order: ['a', 'b'],
      rating: [9, 8],
    },
    'distilabel',
  ],
  [
    'argilla/distilabel-math-preference-dpo',
    {
      metadata: '{}',
      instruction: 'Name one',
      chosen_response: 'brass',
      rejected_response: 'zinc',
      chosen_rating: 9,
    },
    'LLaMA-Factory',
  ],
  [
    'princeton-nlp/llama3-ultrafeedback',
    {
      prompt_id: 'x',
      prompt: 'Name one',
      all_generated_responses: ['brass', 'zinc'],
      all_rm_scores: [1, 0],
      ...lists,
    },
    'messages',
  ],
  [
    'Anthropic/hh-rlhf',
    { chosen: '\n\nHuman: Name one\n\nAssistant: brass', rejected: '\n\nHuman: Name one\n\nAssistant: zinc' },
    'transcripts',
  ],
  [
    'Baidicoot/hh-rlhf-golden-harmful',
    { prompt: '\n\nHuman: Name one\n\nAssistant:', chosen: ' brass', rejected: ' zinc' },
    'text',
  ],
  [
    'when2rl/SHP_reformatted',
    { prompt: 'Name one', messages: lists.chosen, ...lists, other_info: { domain: 'x' } },
    'messages',
  ],
  [
    'stanfordnlp/SHP',
    { history: 'Name one', human_ref_A: 'brass', human_ref_B: 'zinc', labels: 1 },
    'answers with a label',
  ],
  [
    'PKU-Alignment/PKU-SafeRLHF',
    {
      prompt: 'Name one',
      response_0: 'zinc',
      response_1: 'brass',
      better_response_id: 1,
      safer_response_id: 0,
    },
    'answers with a label',
  ],
  [
    'lvwerra/stack-exchange-paired',
    { qid: 1, question: 'Name one', response_j: 'brass', response_k: 'zinc' },
    'text',
  ],
  [
    'lmsys/chatbot_arena_conversations',
    { winner: 'model_a', conversation_a: lists.chosen, conversation_b: lists.rejected },
    'answers with a label',
  ],
  [
    'berkeley-nest/Nectar',
    {
      prompt: 'Name one',
      answers: [
        { answer: 'brass', rank: 1 },
        { answer: 'zinc', rank: 2 },
      ],
    },
    /ranked list/,
  ],
  [
    'openbmb/UltraFeedback',
    {
      instruction: 'Name one',
      completions: [
        { response: 'brass', overall_score: 8 },
        { response: 'zinc', overall_score: 2 },
      ],
    },
    /ranked list/,
  ],
  [
    'trl-lib/kto-mix-14k',
    { prompt: [user('Name one')], completion: [assistant('brass')], label: true },
    /as KTO reads it/,
  ],
  [
    'microsoft/rpr',
    { prompt: 'Name one', response_a: 'brass', response_b: 'zinc', criteria_x: 'short' },
    /no chosen response/,
  ],
  [
    'allenai/multipref',
    { text: 'Name one', completion_a: 'brass', completion_b: 'zinc' },
    /no chosen response/,
  ],
  ['RL2', { messages: [user('Name one')], ...both }, 'ShareGPT'],
  [
    'XTuner',
    { prompt: [user('Name one')], chosen: [assistant('brass')], rejected: [assistant('zinc')] },
    'messages',
  ],
  [
    'LLaMA-Factory, ranking in ShareGPT',
    {
      conversations: [{ from: 'human', value: 'Name one' }],
      chosen: { from: 'gpt', value: 'brass' },
      rejected: { from: 'gpt', value: 'zinc' },
    },
    'ShareGPT',
  ],
  [
    'openbmb/RLAIF-V-Dataset',
    { image: { bytes: 'x' }, question: 'Name one', ...both },
    /holds image; only text/,
  ],
];

describe('layouts of public data sets', () => {
  it.each(ROWS)('%s', (_, row, outcome) => {
    const reading = readPair(row, { columns: COLUMNS });
    if (outcome instanceof RegExp) {
      expect(reading).toEqual({ problem: expect.stringMatching(outcome) });
      return;
    }
    expect(reading).toMatchObject({ layout: { name: outcome } });
    if (!('pair' in reading)) return;
    expect(JSON.stringify(reading.pair.prompt)).toContain('Name one');
    expect(JSON.stringify(reading.pair.prompt)).not.toMatch(/brass|zinc/);
    expect(JSON.stringify(reading.pair.chosen)).toContain('brass');
    expect(JSON.stringify(reading.pair.rejected)).toContain('zinc');
  });
});
