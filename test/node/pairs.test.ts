import { describe, expect, it } from 'vitest';
import { type Message, type Pair, readPair } from '../../src/node/data/pairs';
import { COLUMNS } from './support';

const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });
const system = (content: string): Message => ({ role: 'system', content });

function pairOf(row: Record<string, unknown>): Pair {
  const reading = readPair(row, { columns: COLUMNS });
  if (!('pair' in reading)) throw new Error(reading.problem);
  return reading.pair;
}

function problemOf(row: Record<string, unknown>): string | undefined {
  const reading = readPair(row, { columns: COLUMNS });
  return 'problem' in reading ? reading.problem : undefined;
}

describe('strings', () => {
  it('are taken as they are', () => {
    expect(pairOf({ prompt: 'Q: ', chosen: 'yes', rejected: 'no', extra: 1 })).toEqual({
      format: 'strings',
      prompt: 'Q: ',
      chosen: 'yes',
      rejected: 'no',
    });
    expect(pairOf({ prompt: '', chosen: 'yes', rejected: '' })).toMatchObject({
      format: 'strings',
      rejected: '',
    });
  });

  it('come from the columns that the config names', () => {
    const columns = { prompt: 'question', chosen: 'best', rejected: 'worst' };
    const row = { question: 'Q', best: 'a', worst: 'b', chosen: 'other' };
    expect(readPair(row, { columns })).toEqual({
      pair: { format: 'strings', prompt: 'Q', chosen: 'a', rejected: 'b' },
      layout: { name: 'text', columns: ['question', 'best', 'worst'] },
    });
  });
});

describe('transcripts', () => {
  it('share their beginning up to the last assistant turn', () => {
    const prompt = '\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Why?\n\nAssistant:';
    expect(pairOf({ chosen: `${prompt} So it is.`, rejected: `${prompt} So what.` })).toEqual({
      format: 'transcripts',
      prompt,
      chosen: ' So it is.',
      rejected: ' So what.',
    });
  });

  it('that differ earlier keep their later turns in the response', () => {
    const pair = pairOf({
      chosen: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d',
      rejected: '\n\nHuman: a\n\nAssistant: x\n\nHuman: c\n\nAssistant: d',
    });
    expect(pair.prompt).toBe('\n\nHuman: a\n\nAssistant:');
    expect(pair.chosen).toBe(' b\n\nHuman: c\n\nAssistant: d');
  });

  it('that are the same keep their last answer as the response', () => {
    const text = '\n\nHuman: a\n\nAssistant: b';
    expect(pairOf({ chosen: text, rejected: text })).toMatchObject({ chosen: ' b', rejected: ' b' });
  });

  it('do not take half a marker for a turn', () => {
    const pair = pairOf({ chosen: 'x\n\nAssistant: a', rejected: 'x\n\nAssist me' });
    expect(pair).toMatchObject({ prompt: 'x\n\n', chosen: 'Assistant: a', rejected: 'Assist me' });
  });

  it('in another notation are cut at the last line break they share', () => {
    const pair = pairOf({
      chosen: '<|im_start|>assistant\nThe sky is blue',
      rejected: '<|im_start|>assistant\nThe sky is green',
    });
    expect(pair).toMatchObject({ prompt: '<|im_start|>assistant\n', chosen: 'The sky is blue' });
  });

  it('on one line are cut at the border of a word, as TRL takes it', () => {
    const pair = pairOf({ chosen: 'Q: Name a metal. A: brass', rejected: 'Q: Name a metal. A: brick' });
    expect(pair).toMatchObject({ prompt: 'Q: Name a metal. A:', chosen: ' brass', rejected: ' brick' });
  });

  it('without anything in common are no transcripts', () => {
    expect(problemOf({ chosen: 'yes', rejected: 'yellow' })).toMatch(/has no prompt: no column of that kind/);
    expect(problemOf({ chosen: 'The sky is', rejected: 'The moon is' })).toMatch(/Only "The" is the same/);
    const settings = { columns: COLUMNS, emptyPrompts: true };
    expect(readPair({ chosen: 'yes', rejected: 'no' }, settings)).toMatchObject({
      pair: { format: 'strings', prompt: '', chosen: 'yes' },
    });
  });

  it('are what a row with a null prompt holds', () => {
    const row = { prompt: null, chosen: 'Is it so? Yes.', rejected: 'Is it so? No.' };
    expect(pairOf(row)).toMatchObject({ format: 'transcripts', prompt: 'Is it so?', chosen: ' Yes.' });
  });
});

describe('message lists', () => {
  it('that hold whole conversations begin with the prompt', () => {
    const before = [system('Be brief.'), user('Hi'), assistant('Hello'), user('Why?')];
    expect(
      pairOf({ chosen: [...before, assistant('So.')], rejected: [...before, assistant('No.')] }),
    ).toEqual({
      format: 'messages',
      prompt: before,
      chosen: [assistant('So.')],
      rejected: [assistant('No.')],
    });
  });

  it('leave a response to pairs that are the same', () => {
    const conversation = [user('Hi'), assistant('Hello')];
    expect(pairOf({ chosen: conversation, rejected: conversation })).toMatchObject({
      prompt: [user('Hi')],
      chosen: [assistant('Hello')],
      rejected: [assistant('Hello')],
    });
  });

  it('make a text prompt beside them a repetition, as in UltraFeedback', () => {
    const pair = pairOf({
      prompt: 'Hi',
      chosen: [user('Hi'), assistant('Hello')],
      rejected: [user('Hi'), assistant('What?')],
    });
    expect(pair.prompt).toEqual([user('Hi')]);
  });

  it('with the response alone take a text prompt as the question', () => {
    const pair = pairOf({ prompt: 'Hi', chosen: [assistant('Hello')], rejected: [assistant('What?')] });
    expect(pair).toMatchObject({ prompt: [user('Hi')], chosen: [assistant('Hello')] });
  });

  it('take a question after a shared system message', () => {
    const pair = pairOf({
      prompt: 'Hi',
      chosen: [system('Be brief.'), assistant('Hello')],
      rejected: [system('Be brief.'), assistant('What?')],
    });
    expect(pair.prompt).toEqual([system('Be brief.'), user('Hi')]);
  });

  it('follow a message prompt, repeated or not', () => {
    const prompt = [user('Hi')];
    const alone = pairOf({ prompt, chosen: [assistant('Hello')], rejected: [assistant('What?')] });
    const repeated = pairOf({
      prompt,
      chosen: [...prompt, assistant('Hello')],
      rejected: [...prompt, assistant('What?')],
    });
    expect(alone).toEqual(repeated);
    expect(alone).toMatchObject({ prompt, chosen: [assistant('Hello')], rejected: [assistant('What?')] });
  });

  it('keep all keys of a message but those that are null', () => {
    const message = { role: 'assistant', content: null, tool_calls: [{ id: 1 }], name: null };
    const pair = pairOf({ prompt: 'Hi', chosen: [message], rejected: [assistant('b')] });
    expect(pair.chosen).toEqual([{ role: 'assistant', content: null, tool_calls: [{ id: 1 }] }]);
  });
});

describe('what is no pair', () => {
  it.each([
    ['no columns', {}, /no chosen response/],
    ['a missing side', { prompt: 'Q', chosen: 'a', rejected: null }, /no rejected response/],
    ['numbers', { chosen: 1, rejected: 2 }, /neither both text nor both messages/],
    [
      'text beside messages',
      { chosen: 'a', rejected: [assistant('b')] },
      /neither both text nor both messages/,
    ],
    [
      'other keys',
      { chosen: [{ who: 'me', what: 'a' }], rejected: [] },
      /neither both text nor both messages/,
    ],
    ['an odd prompt', { prompt: 3, chosen: 'a', rejected: 'b' }, /prompt is neither/],
    [
      'conversations that begin otherwise',
      { chosen: [user('a'), assistant('b')], rejected: [user('c'), assistant('d')] },
      /two conversations do not begin alike/,
    ],
  ])('%s', (_, row, problem) => {
    expect(problemOf(row)).toMatch(problem);
  });

  it('values inherited from a prototype', () => {
    const row = JSON.parse('{"__proto__": {"chosen": "a", "rejected": "b"}}') as Record<string, unknown>;
    expect(problemOf(row)).toMatch(/no chosen response/);
    expect(problemOf(Object.create({ chosen: 'a', rejected: 'b' }) as Record<string, unknown>)).toMatch(
      /no chosen/,
    );
  });
});
