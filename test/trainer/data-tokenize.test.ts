import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Pair } from '../../src/node/data/pairs';
import { type TokenizedPair, tokenizePairs } from '../../src/trainer/data/tokenize-pairs';
import { openTokenizer, type TrainingTokenizer } from '../../src/trainer/data/training-tokenizer';
import { CHATML, writeModel } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import { chat, loaded, place, text, tokenizerHome, writeModelWithoutBegin } from './support/data';

const folder = temporaryFolder();
const [BEGIN, END] = [0, 1];
/** Ids of characters, of which each is one token. */
const ids = (characters: string): number[] => [...characters].map((one) => one.charCodeAt(0) - 29);

function open(name: string, tokenizerConfig: object = {}, chatTemplate = 'auto'): Promise<TrainingTokenizer> {
  const model = tokenizerHome(writeModel(path.join(folder, name), tokenizerConfig));
  return openTokenizer(model, chatTemplate, place(folder));
}

function openWithoutBegin(name: string, tokenizerConfig: object = {}): Promise<TrainingTokenizer> {
  const model = tokenizerHome(writeModelWithoutBegin(path.join(folder, name), tokenizerConfig));
  return openTokenizer(model, 'auto', place(folder));
}

type Settings = Parameters<typeof tokenizePairs>[2];
const WIDE: Settings = { maxLength: 1000, truncation: 'keep_start', score: 'conditional' };
const plain = await open('plain');

function tokenize(
  pairs: readonly Pair[],
  settings: Partial<Settings> = {},
  tokenizer = plain,
): Promise<{ pairs: TokenizedPair[]; warnings: string[] }> {
  return tokenizePairs(loaded(...pairs), tokenizer, { ...WIDE, ...settings });
}
const sides = (pair: TokenizedPair | undefined): unknown => pair && [pair.chosen, pair.rejected];

describe('text', () => {
  it('has the begin token before it and the end token after it', async () => {
    const { pairs, warnings } = await tokenize([text('ab', 'cd', 'e</s>')]);
    expect(pairs).toEqual([
      {
        id: 'pair 1',
        row: 1,
        chosen: { tokens: [BEGIN, ...ids('abcd'), END], promptLength: 3 },
        rejected: { tokens: [BEGIN, ...ids('abe'), END], promptLength: 3 },
        cut: false,
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('without a prompt and a begin token gives its first token to predict the second from', async () => {
    const { pairs } = await tokenize([text('', 'cd', 'e')], {}, await openWithoutBegin('none'));
    expect(sides(pairs[0])).toEqual([
      { tokens: [...ids('cd'), END], promptLength: 1 },
      { tokens: [...ids('e'), END], promptLength: 1 },
    ]);
  });

  it('keeps log-probabilities that came with it', async () => {
    const pairs = loaded(text('a', 'b', 'c')).map((pair) => ({
      ...pair,
      columns: { chosen: -1, rejected: -2 },
    }));
    expect((await tokenizePairs(pairs, plain, WIDE)).pairs[0]?.columns).toEqual({ chosen: -1, rejected: -2 });
  });
});

describe('messages', () => {
  it('are written with the template, which brings all special tokens', async () => {
    const tokenizer = await open('chat', { chat_template: CHATML, eos_token: '<|im_end|>' });
    const { pairs, warnings } = await tokenize([chat('hi', 'yes', 'no')], {}, tokenizer);
    const [chosen] = pairs.map((pair) => pair.chosen);
    expect(tokenizer.decode(chosen?.tokens.slice(0, chosen.promptLength) ?? [])).toBe(
      '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(tokenizer.decode(chosen?.tokens.slice(chosen.promptLength) ?? [])).toBe('yes<|im_end|>\n');
    expect(warnings).toEqual([]);
  });

  it('are an error without a template, or joined where the config says so', async () => {
    await expect(tokenize([chat('hi', 'yes', 'no')])).rejects.toThrow(
      /the model has no chat template.*Name the Jinja file.*data\.chat_template.*none/,
    );
    const joined = await open('joined', { chat_template: CHATML }, 'none');
    expect(sides((await tokenize([chat('a', 'b', 'c')], {}, joined)).pairs[0])).toEqual([
      { tokens: [BEGIN, ...ids('ab'), END], promptLength: 2 },
      { tokens: [BEGIN, ...ids('ac'), END], promptLength: 2 },
    ]);
  });

  it('are scored from their first token where the template opens an answer with more', async () => {
    const template =
      '{% for m in messages %}[{{ m.role[0] }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[a]<think>{% endif %}';
    const tokenizer = await open('thinking', { chat_template: template });
    const { pairs, warnings } = await tokenize([chat('hi', 'yes', 'no')], {}, tokenizer);
    const [pair] = pairs;
    expect(tokenizer.decode(pair?.chosen.tokens.slice(pair.chosen.promptLength) ?? [])).toBe('yes');
    expect(tokenizer.decode(pair?.rejected.tokens.slice(pair.rejected.promptLength) ?? [])).toBe('no');
    expect(warnings).toEqual([
      'In 1 of 1 pair the chat template ends the prompt with "<think>", which it does not write before the answers of the data. Answers are scored from where both part: the policy learns them without it.',
    ]);
  });

  it('that the template rejects are named', async () => {
    const template =
      "{% for m in messages %}{% if m.content == 'x' %}{{ raise_exception('no x') }}{% endif %}{% endfor %}";
    const tokenizer = await open('picky', { chat_template: template });
    await expect(tokenize([chat('x', 'b', 'c')], {}, tokenizer)).rejects.toThrow(
      'The chat template rejects the pair of row 1: no x (line 1 of the template). Fix or remove the row',
    );
  });
});

describe('limits', () => {
  const long = text('1234', 'abcdef', 'xy');

  it('cut the end of what is too long', async () => {
    const { pairs, warnings } = await tokenize([long], { maxLength: 8 });
    expect(sides(pairs[0])).toEqual([
      { tokens: [BEGIN, ...ids('1234abc')], promptLength: 5 },
      { tokens: [BEGIN, ...ids('1234xy'), END], promptLength: 5 },
    ]);
    expect(pairs[0]?.cut).toBe(true);
    expect(warnings).toEqual([
      '1 of 1 pairs were longer than the limits and were cut. 1 of them lost the end of a response and its end-of-sequence token.',
    ]);
  });

  it('or its beginning', async () => {
    const { pairs, warnings } = await tokenize([long], { maxLength: 8, truncation: 'keep_end' });
    expect(sides(pairs[0])).toEqual([
      { tokens: [...ids('4abcdef'), END], promptLength: 1 },
      { tokens: [BEGIN, ...ids('1234xy'), END], promptLength: 5 },
    ]);
    expect(warnings).toEqual(['1 of 1 pairs were longer than the limits and were cut.']);
    expect((await tokenize([long], { maxLength: 5, truncation: 'keep_end' })).pairs[0]?.chosen).toEqual({
      tokens: [...ids('cdef'), END],
      promptLength: 1,
    });
  });

  it('cut the beginning of a prompt first', async () => {
    const { pairs } = await tokenize([long], { maxLength: 8, maxPromptLength: 2 });
    expect(sides(pairs[0])).toEqual([
      { tokens: [...ids('34abcdef')], promptLength: 2 },
      { tokens: [...ids('34xy'), END], promptLength: 2 },
    ]);
    expect((await tokenize([long], { maxPromptLength: 5 })).pairs[0]?.cut).toBe(false);
  });

  it('skip a pair of which no response is left', async () => {
    const { pairs, warnings } = await tokenize([text('12345678', 'a', 'b'), long], { maxLength: 8 });
    expect(pairs.map((pair) => pair.row)).toEqual([2]);
    expect(warnings[0]).toBe(
      '1 of 2 pairs were skipped: with a limit of 8 tokens (data.max_length), nothing is left of a response after its prompt.',
    );
  });

  it('that leave no pair at all are an error', async () => {
    await expect(tokenize([long], { maxLength: 5 })).rejects.toThrow(
      'No pair is left: every prompt alone fills data.max_length (5 tokens). Raise it, or cut prompts with data.max_prompt_length.',
    );
    expect(await tokenize([])).toEqual({ pairs: [], warnings: [] });
  });
});

describe('the prior', () => {
  const prior = async (pair: Pair, settings: Partial<Settings> = {}, tokenizer = plain): Promise<unknown> =>
    sides((await tokenize([pair], { ...settings, score: 'prior' }, tokenizer)).pairs[0]);

  it('scores the same tokens of a response, after one begin token', async () => {
    expect(await prior(text('123', 'ab', 'c'))).toEqual([
      { tokens: [BEGIN, ...ids('ab'), END], promptLength: 1 },
      { tokens: [BEGIN, ...ids('c'), END], promptLength: 1 },
    ]);
    expect(await prior(text('123', 'abcdefgh', 'c'), { maxLength: 8 })).toEqual([
      { tokens: [BEGIN, ...ids('abcd')], promptLength: 1 },
      { tokens: [BEGIN, ...ids('c'), END], promptLength: 1 },
    ]);
  });

  it('begins with the end token where a tokenizer has no begin token', async () => {
    const tokenizer = await openWithoutBegin('endings', { bos_token: null });
    expect(await prior(text('123', 'a', 'b'), {}, tokenizer)).toEqual([
      { tokens: [END, ...ids('a'), END], promptLength: 1 },
      { tokens: [END, ...ids('b'), END], promptLength: 1 },
    ]);
  });

  it('leaves the prompt out of messages, too', async () => {
    const tokenizer = await open('prior-chat', { chat_template: CHATML });
    const { pairs } = await tokenize([chat('hi', 'yes', 'no')], { score: 'prior' }, tokenizer);
    expect(tokenizer.decode(pairs[0]?.chosen.tokens ?? [])).toBe('<s>yes<|im_end|>\n');
  });
});

it('progress is told for every pair', async () => {
  const told: number[][] = [];
  await tokenizePairs(loaded(text('a', 'b', 'c'), text('a', 'b', 'd')), plain, WIDE, (...now) =>
    told.push(now),
  );
  expect(told).toEqual([
    [1, 2],
    [2, 2],
  ]);
});
