import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FactQuery, TokenFacts } from '../../src/core/facts';
import type { Pair } from '../../src/node/data/pairs';
import type { Sample } from '../../src/node/data/sample';
import { measurePairs } from '../../src/node/facts/pair-tokens';
import { countTokens, type TokenCaches } from '../../src/node/facts/token-facts';
import { createMemo } from '../../src/node/files/memo';
import { temporaryFolder } from '../support/temporary-folder';
import { CHATML, characterTokenizer, query, write, writeModel } from './support';

const folder = temporaryFolder();

const text = (prompt: string, chosen: string, rejected: string): Pair => ({
  format: 'strings',
  prompt,
  chosen,
  rejected,
});
const chat = (prompt: string, chosen: string, rejected: string): Pair => ({
  format: 'messages',
  prompt: [{ role: 'user', content: prompt }],
  chosen: [{ role: 'assistant', content: chosen }],
  rejected: [{ role: 'assistant', content: rejected }],
});

async function count(
  model: string,
  pairs: readonly Pair[],
  rest: Partial<FactQuery> = {},
): Promise<TokenFacts | undefined> {
  const sample: Sample = {
    key: JSON.stringify(pairs),
    pairs,
    facts: { state: 'missing', reason: 'not used here' },
  };
  const caches: TokenCaches = { tokenizers: createMemo(1), tokens: createMemo(1) };
  return (await countTokens(sample, path.join(folder, model), query(folder, rest), caches)).tokens;
}

writeModel(path.join(folder, 'plain'));
writeModel(path.join(folder, 'chatml'), { chat_template: CHATML, eos_token: '<|im_end|>' });

describe('tokens of text', () => {
  it('include what the tokenizer and the trainer add', async () => {
    // <s>, 4 characters of prompt, 6 of the longer response, </s>.
    expect(await count('plain', [text('1234', '123', '123456')])).toEqual({
      pairs: 1,
      overLength: 0,
      promptFills: 0,
      longestPair: 12,
      withoutEos: 0,
      withInnerSpecial: 0,
      prefixMismatch: 0,
    });
  });

  it('are held against the limits, after the prompt was cut', async () => {
    const pairs = [text('1234', '123', '123456'), text('12345678', '1', '2')];
    expect(await count('plain', pairs, { maxLength: 12 })).toMatchObject({ overLength: 0, promptFills: 0 });
    expect(await count('plain', pairs, { maxLength: 11 })).toMatchObject({ overLength: 1, promptFills: 0 });
    expect(await count('plain', pairs, { maxLength: 9 })).toMatchObject({ overLength: 2, promptFills: 1 });
    // Prompts of 5 and 9 tokens become 3, so the pairs hold 10 and 5.
    const cut = { maxLength: 9, maxPromptLength: 3 };
    expect(await count('plain', pairs, cut)).toMatchObject({
      overLength: 1,
      promptFills: 0,
      longestPair: 12,
    });
  });

  it('show special tokens that the data writes out', async () => {
    const pairs = [text('a <s>', 'b</s>', 'c'), text('a', 'b<s>', '</s>c'), text('a', 's', '/s')];
    expect(await count('plain', pairs)).toMatchObject({ withInnerSpecial: 3, longestPair: 7 });
  });

  it('are bounded by pairs and by characters', async () => {
    const many = Array.from({ length: 300 }, () => text('a', 'b', 'c'));
    expect(await count('plain', many)).toMatchObject({ pairs: 200 });
    const long = Array.from({ length: 5 }, () => text('word '.repeat(40_000), 'b', 'c'));
    const noTokens = { config: { json: {} }, encode: () => [], addedBefore: 0, stopTokens: [] };
    expect((await measurePairs(long, noTokens, undefined)).pairs).toHaveLength(3);
  });

  it('ignore a template: only messages are written with it', async () => {
    expect(await count('chatml', [text('a', 'b', 'c')])).toMatchObject({ longestPair: 4, withoutEos: 0 });
  });
});

describe('a template that does too much', () => {
  it.each([
    '{{ range(100000000000)|length }}',
    '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
  ])('is named, and what it breaks: %s', async (chat_template) => {
    writeModel(path.join(folder, 'harmful'), { chat_template });
    await expect(count('harmful', [chat('a', 'b', 'c')])).rejects.toThrow(
      /^The chat template of the tokenizer is refused: it .* more than .* \(line 1 of the template\)\. Name another\.$/,
    );
  });
});

describe('tokens of messages', () => {
  it('are those of the templated text', async () => {
    // <|im_start|>user.hi<|im_end|>. and <|im_start|>assistant.yes<|im_end|>. where the dots are line breaks.
    expect(await count('chatml', [chat('hi', 'yes', 'no')])).toEqual({
      pairs: 1,
      overLength: 0,
      promptFills: 0,
      longestPair: 10 + 16,
      withoutEos: 0,
      withInnerSpecial: 0,
      prefixMismatch: 0,
    });
  });

  it('miss the end-of-sequence token where the template writes another', async () => {
    writeModel(path.join(folder, 'other-eos'), { chat_template: CHATML });
    expect(await count('other-eos', [chat('hi', 'yes', 'no')])).toMatchObject({ withoutEos: 2 });
  });

  it('end well with a token that generation_config.json stops at', async () => {
    write(writeModel(path.join(folder, 'stops'), { chat_template: CHATML }), {
      'generation_config.json': { eos_token_id: [1, 3] },
    });
    expect(await count('stops', [chat('hi', 'yes', 'no')])).toMatchObject({ withoutEos: 0 });
  });

  it('need not begin with the prompt', async () => {
    const trimmed =
      "{% for m in messages %}{{ m['content'].strip() }} {% endfor %}{% if add_generation_prompt %}>>{% endif %}";
    writeModel(path.join(folder, 'mismatch'), { chat_template: trimmed });
    expect(await count('mismatch', [chat('hi', 'yes', 'no')])).toMatchObject({
      prefixMismatch: 0,
      withoutEos: 2,
    });
  });

  it('are joined as they are without a template', async () => {
    expect(await count('plain', [chat('hi', 'yes', 'no')])).toMatchObject({ longestPair: 7, withoutEos: 0 });
    expect(await count('chatml', [chat('hi', 'yes', 'no')], { chatTemplate: 'none' })).toMatchObject({
      longestPair: 7,
    });
  });

  it('use the template that the config names', async () => {
    write(folder, {
      'templates/short.jinja': '{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}</s>',
    });
    const named = { chatTemplate: 'templates/short.jinja' };
    expect(await count('chatml', [chat('hi', 'yes', 'no')], named)).toMatchObject({
      longestPair: 7,
      prefixMismatch: 0,
      withoutEos: 2,
    });
  });

  it('leave out pairs that the template rejects', async () => {
    const strict =
      "{% if messages[0]['content'] == 'bad' %}{{ raise_exception('no') }}{% endif %}{{ messages[0]['content'] }}";
    write(writeModel(path.join(folder, 'strict')), { 'chat_template.jinja': strict });
    const good = chat('hi', 'yes', 'no');
    expect(await count('strict', [chat('bad', 'yes', 'no'), good])).toMatchObject({ pairs: 1 });
    expect(await count('strict', [chat('bad', 'yes', 'no')])).toBeUndefined();
  });
});

describe('what cannot be counted is told', () => {
  it.each([
    ['no tokenizer.json', {}, 'auto', /tokenizer\.json does not exist/],
    ['a broken one', { 'tokenizer.json': '{' }, 'auto', /tokenizer\.json is not JSON/],
    [
      'an unknown model',
      { 'tokenizer.json': { ...characterTokenizer(), model: { type: 'Magic' } } },
      'auto',
      /holds no tokenizer that can be read here/,
    ],
    ['nothing inside', { 'tokenizer.json': {} }, 'auto', /holds no tokenizer that can be read here/],
    [
      'a bad template',
      { 'chat_template.jinja': '{% for %}' },
      'auto',
      /tokenizer is not a valid chat template/,
    ],
    ['a missing template', {}, 'missing.jinja', /missing\.jinja does not exist/],
    ['a network template', {}, '//server/x.jinja', /is a network path/],
  ])('%s', async (name, files, chatTemplate, message) => {
    const model = path.join(folder, name);
    if (name.endsWith('template')) writeModel(model);
    write(model, { 'config.json': {}, ...files });
    await expect(count(name, [chat('a', 'b', 'c')], { chatTemplate })).rejects.toThrow(message);
  });
});
