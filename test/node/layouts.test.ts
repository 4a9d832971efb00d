import { describe, expect, it } from 'vitest';
import { isEmptyPrompt, isEmptyResponse, type PairReading, readPair } from '../../src/node/data/pairs';
import { COLUMNS } from './support';

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const system = (content: string) => ({ role: 'system', content });

function read(row: Record<string, unknown>, rest: object = {}): PairReading {
  return readPair(row, { columns: COLUMNS, ...rest });
}

const problem = (row: Record<string, unknown>): string => {
  const reading = read(row);
  return 'problem' in reading ? reading.problem : `read as ${reading.layout.name}`;
};

describe('layouts of the field', () => {
  const answers = { chosen: [assistant('brass')], rejected: [assistant('zinc')] };

  it.each<[string, Record<string, unknown>, string, object]>([
    [
      'Orca: question and system',
      { system: 'Be brief.', question: 'Name one', chosen: 'brass', rejected: 'zinc' },
      'Orca',
      { prompt: [system('Be brief.'), user('Name one')], ...answers },
    ],
    [
      'Orca: an empty system text is no message',
      { system: '', question: 'Name one', chosen: 'brass', rejected: 'zinc' },
      'Orca',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'a question alone stays text',
      { question: 'Name one:', chosen: ' brass', rejected: ' zinc' },
      'text',
      { format: 'strings', prompt: 'Name one:', chosen: ' brass', rejected: ' zinc' },
    ],
    [
      'distilabel: input',
      { input: 'Name one', system: null, chosen: 'brass', rejected: 'zinc', generations: ['brass', 'zinc'] },
      'distilabel',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'LLaMA-Factory: instruction, input, system, history',
      {
        instruction: 'Name one',
        input: 'a metal',
        system: 'Be brief.',
        history: [['Hi', 'Hello']],
        chosen: 'brass',
        rejected: 'zinc',
      },
      'LLaMA-Factory',
      {
        prompt: [system('Be brief.'), user('Hi'), assistant('Hello'), user('Name one\na metal')],
        ...answers,
      },
    ],
    [
      'LLaMA-Factory: conversations with one message each as answers',
      {
        conversations: [
          { from: 'system', value: 'Be brief.' },
          { from: 'human', value: 'Name one' },
        ],
        chosen: { from: 'gpt', value: 'brass' },
        rejected: { from: 'gpt', value: 'zinc' },
      },
      'ShareGPT',
      { prompt: [system('Be brief.'), user('Name one')], ...answers },
    ],
    [
      'ShareGPT: whole conversations',
      {
        chosen: [
          { from: 'human', value: 'Name one' },
          { from: 'gpt', value: 'brass' },
        ],
        rejected: [
          { from: 'human', value: 'Name one' },
          { from: 'gpt', value: 'zinc' },
        ],
      },
      'ShareGPT',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'hosted APIs',
      {
        input: { messages: [user('Name one')], tools: [], parallel_tool_calls: true },
        preferred_output: [assistant('brass')],
        non_preferred_output: [assistant('zinc')],
      },
      'hosted API',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'message lists as JSON text',
      {
        prompt: JSON.stringify([user('Name one')]),
        chosen: JSON.stringify([assistant('brass')]),
        rejected: JSON.stringify([assistant('zinc')]),
      },
      'messages',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'single messages',
      { prompt: 'Name one', chosen: assistant('brass'), rejected: assistant('zinc') },
      'messages',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'answers with a label',
      { prompt: 'Name one', response_0: 'zinc', response_1: 'brass', better_response_id: 1 },
      'answers with a label',
      { prompt: 'Name one', chosen: 'brass', rejected: 'zinc' },
    ],
    [
      'two answers of people, as in SHP',
      { history: [], question: 'Name one', human_ref_A: 'brass', human_ref_B: 'zinc', labels: 1 },
      'answers with a label',
      { prompt: 'Name one', chosen: 'brass', rejected: 'zinc' },
    ],
    [
      'conversations with a winner',
      {
        conversation_a: [user('Name one'), assistant('zinc')],
        conversation_b: [user('Name one'), assistant('brass')],
        winner: 'model_b',
      },
      'answers with a label',
      { prompt: [user('Name one')], ...answers },
    ],
    [
      'the better answer first, as in paired Stack Exchange',
      { question: 'Name one', response_j: 'brass', response_k: 'zinc' },
      'text',
      { prompt: 'Name one', chosen: 'brass', rejected: 'zinc' },
    ],
    [
      'a question repeated with other white space',
      {
        prompt: 'Name  one metal,\nplease',
        chosen: [user('Name one metal, please'), assistant('brass')],
        rejected: [user('Name one metal, please'), assistant('zinc')],
      },
      'messages',
      { prompt: [user('Name one metal, please')], ...answers },
    ],
    [
      'messages repeated with other white space',
      {
        prompt: [user('Name one\n')],
        chosen: [user('Name one'), assistant('brass')],
        rejected: [user('Name one'), assistant('zinc')],
      },
      'messages',
      { prompt: [user('Name one\n')], ...answers },
    ],
    [
      'texts that repeat the question',
      { prompt: 'Name one metal: ', chosen: 'Name one metal: brass', rejected: 'Name one  metal: zinc' },
      'text',
      { prompt: 'Name one metal: ', chosen: 'brass', rejected: 'zinc' },
    ],
    [
      'several turns after the conversations part',
      {
        chosen: [user('a'), assistant('b'), user('c'), assistant('d')],
        rejected: [user('a'), assistant('x')],
      },
      'messages',
      {
        prompt: [user('a')],
        chosen: [assistant('b'), user('c'), assistant('d')],
        rejected: [assistant('x')],
      },
    ],
    [
      'a system column beside conversations without one',
      {
        system: 'Be brief.',
        chosen: [user('Name one'), assistant('brass')],
        rejected: [user('Name one'), assistant('zinc')],
        prompt: 'Name one',
      },
      'messages',
      { prompt: [system('Be brief.'), user('Name one')], ...answers },
    ],
    [
      'a system column that conversations repeat',
      {
        system: 'Be brief.',
        prompt: 'Name one',
        chosen: [system('Be brief.'), user('Name one'), assistant('brass')],
        rejected: [system('Be brief.'), user('Name one'), assistant('zinc')],
      },
      'messages',
      { prompt: [system('Be brief.'), user('Name one')], ...answers },
    ],
  ])('%s', (_, row, name, expected) => {
    expect(read(row)).toMatchObject({ pair: expected, layout: { name } });
  });

  it('keep tools, calls and what a template reads', () => {
    const call = { type: 'function', function: { name: 'metals', arguments: { n: 4 } } };
    const reading = read({
      tools: JSON.stringify([{ type: 'function', function: { name: 'metals' } }]),
      chat_template_kwargs: { enable_thinking: false },
      prompt: [user('Name one'), { role: 'assistant', content: '', tool_calls: [call], name: null }],
      chosen: { role: 'assistant', content: null, tool_calls: [call] },
      rejected: [{ role: 'assistant', content: 'zinc', reasoning_content: 'hm' }],
    });
    if (!('pair' in reading)) throw new Error(reading.problem);
    expect(reading.pair).toEqual({
      format: 'messages',
      tools: [{ type: 'function', function: { name: 'metals' } }],
      kwargs: { enable_thinking: false },
      prompt: [user('Name one'), { role: 'assistant', content: '', tool_calls: [call] }],
      chosen: [{ role: 'assistant', content: null, tool_calls: [call] }],
      rejected: [{ role: 'assistant', content: 'zinc', reasoning_content: 'hm' }],
    });
    expect(isEmptyResponse(reading.pair.chosen)).toBe(false);
  });

  it('make ShareGPT calls tool calls', () => {
    const reading = read({
      conversations: [
        { from: 'human', value: 'Name one' },
        { from: 'function_call', value: '{"name": "metals", "arguments": {"n": 1}}' },
        { from: 'observation', value: 'brass' },
      ],
      chosen: { from: 'gpt', value: 'brass' },
      rejected: { from: 'gpt', value: 'zinc' },
    });
    const call = { type: 'function', function: { name: 'metals', arguments: { n: 1 } } };
    expect(reading).toMatchObject({
      pair: {
        prompt: [
          user('Name one'),
          { role: 'assistant', content: '', tool_calls: [call] },
          { role: 'tool', content: 'brass' },
        ],
      },
    });
  });

  it('report a prompt that the config does not name', () => {
    const row = { question: 'Name one', chosen: 'brass', rejected: 'zinc' };
    expect(read(row)).toMatchObject({ layout: { promptColumn: 'question' } });
    const named = read(row, { columns: { ...COLUMNS, prompt: 'question' } });
    expect('layout' in named && named.layout).toEqual({
      name: 'text',
      columns: ['question', 'chosen', 'rejected'],
    });
    expect(read(row, { columns: { ...COLUMNS, prompt: 'aufgabe' } })).toEqual({
      problem: 'The row has no column aufgabe, which data.columns.prompt names.',
    });
  });

  it.each([
    [{ prompt: '  ', chosen: 'a', rejected: 'b' }, true],
    [{ prompt: [system('Be brief.')], chosen: assistant('a'), rejected: assistant('b') }, true],
    [{ prompt: 'x', chosen: 'a', rejected: 'b' }, false],
  ])('know an empty prompt: %j', (row, expected) => {
    const reading = read(row);
    expect('pair' in reading && isEmptyPrompt(reading.pair)).toBe(expected);
  });
});

describe('ranked lists', () => {
  const row = { prompt: 'Name one', responses: ['tin', 'brass', 'zinc'], scores: [2, 5, 1] };

  it('become pairs only where the config says how', () => {
    expect(problem(row)).toMatch(/responses is a ranked list .* Write data\.ranked: best_worst/);
    const expected = { pair: { prompt: 'Name one', chosen: 'brass', rejected: 'zinc' } };
    expect(read(row, { ranked: 'best_worst' })).toMatchObject(expected);
  });

  it.each([
    [
      {
        answers: [
          { answer: 'tin', rank: 2 },
          { answer: 'brass', rank: 1 },
          { answer: 'zinc', rank: 7 },
        ],
      },
    ],
    [
      {
        completions: [
          { response: 'zinc', overall_score: '1' },
          { response: 'brass', overall_score: '5' },
        ],
      },
    ],
    [{ output: ['brass', 'tin', 'zinc'] }],
    [{ generations: ['brass', 'zinc'], ranks: [1, 2] }],
  ])('have scores, ranks or an order: %j', (lists) => {
    const expected = { pair: { chosen: 'brass', rejected: 'zinc' }, layout: { name: 'ranked list' } };
    expect(read({ prompt: 'Name one', ...lists }, { ranked: 'best_worst' })).toMatchObject(expected);
  });
});

describe('what is refused by name', () => {
  const image = [{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'What?' }] }];
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['unpaired labels', { prompt: 'a', completion: 'b', label: true }, /one answer with a label, as KTO/],
    ['LLaMA-Factory KTO', { messages: [user('a'), assistant('b')], kto_tag: false }, /as KTO reads it/],
    ['single answers', { messages: [user('a'), assistant('b')] }, /supervised fine-tuning/],
    [
      'images beside the text',
      { images: ['a.png'], prompt: 'a', chosen: 'b', rejected: 'c' },
      /holds images/,
    ],
    ['images in messages', { prompt: image, chosen: 'b', rejected: 'c' }, /holds an image; only text/],
    ['audio', { audio: { path: 'x' }, prompt: 'a', chosen: 'b', rejected: 'c' }, /holds audio/],
    ['ties', { prompt: 'a', response_a: 'b', response_b: 'c', winner: 'tie' }, /winner is "tie"/],
    [
      'unknown roles',
      { prompt: 'a', chosen: { from: 'narrator', value: 'b' }, rejected: { from: 'gpt', value: 'c' } },
      /comes from "narrator"/,
    ],
    ['answers without a prompt', { chosen: 'brass', rejected: 'zinc.' }, /has no prompt/],
    [
      'tools that are no JSON',
      { tools: 'x', prompt: 'a', chosen: assistant('b'), rejected: assistant('c') },
      /no JSON/,
    ],
    [
      'a history in another form',
      { instruction: 'a', history: ['x'], chosen: 'b', rejected: 'c' },
      /history is no list/,
    ],
  ])('%s', (_, row, expected) => {
    expect(problem(row)).toMatch(expected);
  });
});
