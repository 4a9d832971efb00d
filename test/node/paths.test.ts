import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathOrHubId, resolvePath, shownPath } from '../../src/node/files/paths';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

const folder = write(temporaryFolder(), { 'models/sft/config.json': {}, gpt2: 'a file' });
const inFolder = (...names: string[]): string => path.join(folder, ...names);

describe('pathOrHubId', () => {
  it.each(['gpt3', 'openai/gpt2', 'HuggingFaceTB/SmolLM2-135M-Instruct', 'a.b/c-d_e'])(
    '%s is a hub id',
    async (id) => {
      expect(await pathOrHubId(id, folder)).toEqual({ kind: 'hub id', id });
    },
  );

  it.each([
    ['models/sft', inFolder('models', 'sft')],
    ['gpt2', inFolder('gpt2')],
    ['./gpt3', inFolder('gpt3')],
    ['../x', path.resolve(folder, '../x')],
    ['models/sft/deeper', inFolder('models', 'sft', 'deeper')],
    ['a b', inFolder('a b')],
    ['~/sft', path.join(homedir(), 'sft')],
    ['~', homedir()],
  ])('%s is a path', async (text, expected) => {
    expect(await pathOrHubId(text, folder)).toEqual({ kind: 'path', path: expected });
  });

  it('takes an absolute path, or one with a backslash, for a path', async () => {
    expect((await pathOrHubId(inFolder('nothing'), folder)).kind).toBe('path');
    expect((await pathOrHubId('models\\sft', folder)).kind).toBe('path');
  });

  it.each(['\\\\server\\share', '//server/share', '\\/server/share', '\\\\?\\UNC\\server', '', '  ', 'a\0b'])(
    'refuses %j',
    async (text) => {
      expect(await pathOrHubId(text, folder)).toMatchObject({
        kind: 'refused',
        reason: expect.stringMatching(/^.+\. [A-Z].+\.$/),
      });
    },
  );
});

it('paths are shown relative where they lie below the folder', () => {
  expect(shownPath(inFolder('data', 'a.jsonl'), folder)).toBe(path.join('data', 'a.jsonl'));
  expect(shownPath('/elsewhere/a.jsonl', folder)).toBe('/elsewhere/a.jsonl');
  expect(resolvePath('~user/x', folder)).toBe(inFolder('~user', 'x'));
});
