import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptTokens } from '../../src/trainer/data/prompt-tokens';
import { openTokenizer, type TrainingTokenizer } from '../../src/trainer/data/training-tokenizer';
import { CHATML, characterTokenizer, write, writeModel } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';
import { openFixture, place, tokenizerHome, writeModelWithoutBegin } from './support/data';

const folder = temporaryFolder();
// Ids of the character tokenizer: <s> 0, </s> 1, <|im_start|> 2, <|im_end|> 3, and 4 + code - 33.
const [BEGIN, END, TURN, TURN_END] = [0, 1, 2, 3];

/** A model folder whose tokenizer has one token a character. */
function home(name: string, tokenizerConfig: object = {}, configJson: object = {}, vocabularySize = 100) {
  return tokenizerHome(writeModel(path.join(folder, name), tokenizerConfig), configJson, vocabularySize);
}
const open = (
  name: string,
  tokenizerConfig: object = {},
  configJson: object = {},
): Promise<TrainingTokenizer> =>
  openTokenizer(home(name, tokenizerConfig, configJson), 'auto', place(folder));
const openWithoutBegin = (name: string, tokenizerConfig: object = {}): Promise<TrainingTokenizer> => {
  const model = tokenizerHome(writeModelWithoutBegin(path.join(folder, name), tokenizerConfig));
  return openTokenizer(model, 'auto', place(folder));
};

describe('special tokens', () => {
  it('are those of tokenizer_config.json', async () => {
    const tokenizer = await open('settings', {}, { eos_token_id: 3 });
    expect(tokenizer).toMatchObject({ endToken: END, endText: '</s>', beginToken: BEGIN });
    expect([...tokenizer.endTokens]).toEqual([END, TURN_END]);
  });

  it.each([3, [3, 1]])(
    'are those of config.json where the tokenizer names none: %j',
    async (eos_token_id) => {
      const none = { bos_token: null, eos_token: null };
      const tokenizer = await open('config', none, { eos_token_id, bos_token_id: 2 });
      expect(tokenizer).toMatchObject({ endToken: TURN_END, endText: '<|im_end|>', beginToken: TURN });
    },
  );

  it('end a generated text, too, where generation_config.json says so', async () => {
    write(home('generation').folder, { 'generation_config.json': { eos_token_id: [1, 3, 5000] } });
    expect([...(await open('generation')).endTokens]).toEqual([END, TURN_END]);
  });

  it('are put around plain text as tokenizer.json says, whatever the settings say', async () => {
    const tokenizer = await open('json', { add_bos_token: false, add_eos_token: true });
    expect(tokenizer.encodePlain('!')).toEqual([BEGIN, 4]);
    expect(tokenizer.encode('!')).toEqual([4]);
    expect((await openWithoutBegin('without', { add_bos_token: true })).encodePlain('!')).toEqual([4]);
  });

  it('are not cut, even where tokenizer.json takes them for words', async () => {
    const tokenizer = { ...characterTokenizer(), added_tokens: [] };
    const model = home('words');
    write(model.folder, { 'tokenizer.json': tokenizer });
    expect((await openTokenizer(model, 'auto', place(folder))).encode('!</s>')).toEqual([4, END]);
  });
});

describe('a tokenizer is refused', () => {
  const refused = async (model: ReturnType<typeof home>, chatTemplate = 'auto'): Promise<string> =>
    openTokenizer(model, chatTemplate, place(folder)).then(
      () => 'opened',
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it('without tokenizer.json', async () => {
    const model = tokenizerHome(write(path.join(folder, 'nothing'), { 'config.json': {} }));
    expect(await refused(model)).toMatch(/^TrainingError: nothing has no tokenizer\.json\..*save_pretrained/);
  });

  it('with a broken tokenizer.json', async () => {
    const model = tokenizerHome(write(path.join(folder, 'broken'), { 'tokenizer.json': '{"model":' }));
    expect(await refused(model)).toMatch(/^FileError: .*tokenizer\.json is not JSON/);
    const other = tokenizerHome(write(path.join(folder, 'other'), { 'tokenizer.json': { a: 1 } }));
    expect(await refused(other)).toMatch(/^FileError: .*holds no tokenizer that can be read here/);
  });

  it('without an end-of-sequence token', async () => {
    expect(await refused(home('endless', { eos_token: null }))).toMatch(
      /^TrainingError: The tokenizer of endless has no end-of-sequence token, so.*Name it as eos_token in .*tokenizer_config\.json/,
    );
    expect(await refused(home('elsewhere', { eos_token: '<end>' }))).toContain(
      '<end> is not in its vocabulary',
    );
  });

  it('with a template that cannot be read', async () => {
    write(folder, { 'bad.jinja': '{% for %}' });
    expect(await refused(home('template'), 'bad.jinja')).toMatch(/bad\.jinja is not a valid chat template/);
    expect(await refused(home('template'), 'none.jinja')).toMatch(/none\.jinja does not exist/);
  });

  it('when it makes a token that the model does not have', async () => {
    const tokenizer = await openTokenizer(home('large', {}, {}, 40), 'auto', place(folder));
    expect(tokenizer.encode('!"#')).toEqual([4, 5, 6]);
    expect(() => tokenizer.encode('!z')).toThrow(
      'The tokenizer of large makes the token "z" with id 93, but the model\'s embedding has ids up to 39 only.',
    );
    expect(await refused(home('tiny', {}, {}, 1))).toContain('makes the token "</s>" with id 1');
  });
});

describe('the chat template', () => {
  it('is that of the model, none, or a file', async () => {
    write(folder, { 'own.jinja': '{{ messages[0].content }}{% if add_generation_prompt %}>{% endif %}' });
    const model = home('templated', { chat_template: CHATML });
    const rendered = async (asked: string): Promise<unknown> =>
      (await openTokenizer(model, asked, place(folder))).render?.([
        { messages: [{ role: 'user', content: 'hi' }], until: 'answer' },
      ]);
    expect(await rendered('auto')).toEqual([
      { text: '<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n' },
    ]);
    expect(await rendered('own.jinja')).toEqual([{ text: 'hi>' }]);
    expect(await rendered('none')).toBeUndefined();
  });

  it('is part of the identity, like everything that decides over tokens', async () => {
    write(folder, { 'same.jinja': CHATML, 'other.jinja': 'x' });
    const model = home('identity', { chat_template: CHATML });
    const identity = async (asked: string, of = model): Promise<string> =>
      (await openTokenizer(of, asked, place(folder))).identity;
    const auto = await identity('auto');
    expect(auto).toMatch(/^[0-9a-f]{64}$/);
    expect(await identity('same.jinja')).toBe(auto);
    const others = [
      await identity('none'),
      await identity('other.jinja'),
      await identity('auto', home('identity-eos', { chat_template: CHATML, eos_token: '<|im_end|>' })),
      await identity('auto', home('identity-bos', { chat_template: CHATML, bos_token: '<|im_start|>' })),
    ];
    expect(new Set([auto, ...others]).size).toBe(5);
  });
});

describe('a prompt', () => {
  it('is one user message, where there is a template', async () => {
    const tokenizer = await open('chat', { chat_template: CHATML });
    const tokens = await promptTokens('hi', tokenizer);
    expect(tokenizer.decode(tokens)).toBe('<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n');
  });

  it('is plain text otherwise, of at least one token', async () => {
    expect(await promptTokens('!', await open('plain'))).toEqual([BEGIN, 4]);
    const without = await openWithoutBegin('no-begin');
    expect([await promptTokens('!', without), await promptTokens('', without)]).toEqual([[4], [BEGIN]]);
    const nothing = await openWithoutBegin('no-begin-at-all', { bos_token: null });
    expect(await promptTokens('', nothing)).toEqual([END]);
  });

  it('that the template rejects is told', async () => {
    const rejecting = await open('rejecting', {
      chat_template: "{{ raise_exception('no system message') }}",
    });
    await expect(promptTokens('hi', rejecting)).rejects.toThrow(
      'The chat template rejects a single user message: no system message (line 1 of the template). Name another template',
    );
  });
});

describe('decoding', () => {
  it.each(['byte-level', 'split', 'byte-fallback'] as const)(
    'gives back what a %s tokenizer encoded',
    async (name) => {
      const tokenizer = await openFixture(name);
      // The byte-fallback tokenizer writes a space so, and does not tell the two apart.
      const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('▁'));
      fc.assert(
        fc.property(texts, (text) => {
          expect(tokenizer.decode(tokenizer.encodePlain(text), { skipSpecial: true })).toBe(text);
        }),
      );
    },
  );

  it('puts characters together whose bytes lie in several tokens', async () => {
    const tokenizer = await openFixture('byte-level');
    const tokens = tokenizer.encode('🦜');
    expect(tokens.length).toBeGreaterThan(1);
    expect(tokenizer.decode(tokens)).toBe('🦜');
    expect(tokenizer.decode(tokens.slice(0, 1))).toBe('\u{FFFD}');
  });

  it('leaves spaces as they are, and special tokens where they are wanted', async () => {
    const tokenizer = await openFixture('byte-level');
    const tokens = tokenizer.encode("do n't , you ?</s>");
    expect(tokenizer.decode(tokens)).toBe("do n't , you ?</s>");
    expect(tokenizer.decode(tokens, { skipSpecial: true })).toBe("do n't , you ?");
  });

  it('passes over ids that the tokenizer does not know', async () => {
    const tokenizer = await openFixture('byte-level');
    expect(tokenizer.decode([4000, ...tokenizer.encode('a'), 3999])).toBe('a');
    expect([tokenizer.decode([]), tokenizer.decode([4000])]).toEqual(['', '']);
  });

  it('shows half of a surrogate pair as the replacement character', async () => {
    const tokenizer = await openFixture('byte-level');
    expect(tokenizer.decode(tokenizer.encode('a\ud800b'))).toBe('a\u{FFFD}b');
  });
});
