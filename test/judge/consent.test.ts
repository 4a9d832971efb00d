import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Config } from '../../src/core/config/config';
import { resolveConfig } from '../../src/core/config/resolved';
import { judgeAddress, keyQuestion, keyRequestOf } from '../../src/core/judge/key-request';
import { openJudge } from '../../src/judge/open-judge';
import { allow, consentFile, isAllowed } from '../../src/node/launch/judge-consent';
import { write } from '../node/support';
import { temporaryFolder } from '../support/temporary-folder';

const DEFAULTS = resolveConfig(check('{}', 'judge.dpo.json').experiment);
const ENDPOINT = {
  ...DEFAULTS,
  'evaluation.judge.kind': 'endpoint',
  'evaluation.judge.url': 'https://judge.example:8443/v1/x',
  'evaluation.judge.model': 'm',
  'evaluation.judge.api_key_env': 'JUDGE_KEY',
} as const satisfies Config;
const REQUEST = { variable: 'JUDGE_KEY', host: 'https://judge.example:8443' };

describe('the key of a judge', () => {
  it('is asked about by variable and host', () => {
    expect(keyRequestOf(ENDPOINT)).toEqual(REQUEST);
    expect(keyQuestion(REQUEST)).toMatch(/variable JUDGE_KEY to https:\/\/judge\.example:8443/);
    expect(keyQuestion(REQUEST)).not.toMatch(/not encrypted/);
    expect(keyQuestion({ variable: 'K', host: 'http://judge.example' })).toMatch(/not encrypted/);
    expect(keyQuestion({ variable: 'K', host: 'http://localhost:80' })).not.toMatch(/not encrypted/);
    expect(keyRequestOf({ ...ENDPOINT, 'evaluation.judge.kind': 'rules' })).toBeUndefined();
    expect(keyRequestOf(DEFAULTS)).toBeUndefined();
  });

  it('goes nowhere before its user has allowed it, for this variable and this host', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder(), JUDGE_KEY: 'k' };
    const open = (config: Config = ENDPOINT): ReturnType<typeof openJudge> =>
      openJudge(config, { baseFolder: '/', env });
    await expect(open()).rejects.toThrow(
      /JUDGE_KEY to https:\/\/judge\.example:8443.*--allow-judge https:\/\/judge\.example:8443/,
    );
    await allow(REQUEST, env);
    expect((await open())?.id).toMatch(/^endpoint:m at https:\/\/judge\.example:8443\/v1\/x\/chat\/comp/);
    for (const other of [
      { 'evaluation.judge.url': 'https://judge.example/v1' },
      { 'evaluation.judge.url': 'http://judge.example:8443/v1' },
      { 'evaluation.judge.url': 'https://evil.example:8443/v1' },
      { 'evaluation.judge.api_key_env': 'AWS_SECRET_ACCESS_KEY' },
    ])
      await expect(open({ ...ENDPOINT, ...other })).rejects.toThrow(/You have not allowed that/);
    const { JUDGE_KEY: _, ...empty } = env;
    await expect(openJudge(ENDPOINT, { baseFolder: '/', env: empty })).rejects.toThrow(
      /JUDGE_KEY.* is not set/,
    );
  });

  it('is remembered for the user, and not in the workspace', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    expect(await isAllowed(REQUEST, env)).toBe(false);
    await allow(REQUEST, env);
    await allow({ variable: 'OTHER', host: 'https://a.example' }, env);
    expect(await isAllowed(REQUEST, env)).toBe(true);
    expect(consentFile(env)).toBe(path.join(env.XDG_CONFIG_HOME, 'dpo-lab', 'allowed-judges.json'));
    expect(existsSync(consentFile(env))).toBe(true);
    if (process.platform !== 'win32') expect(statSync(path.dirname(consentFile(env))).mode & 0o077).toBe(0);
    write(env.XDG_CONFIG_HOME, { 'dpo-lab/allowed-judges.json': '{"allowed": [5, {"variable": 1}]' });
    expect(await isAllowed(REQUEST, env)).toBe(false);
    expect(readFileSync(consentFile(env), 'utf8')).toContain('[5');
  });

  it('is not needed by servers that listen on this machine, which presets name', async () => {
    const preset = (server: Config['evaluation.judge.server']): Config => ({
      ...DEFAULTS,
      'evaluation.judge.kind': 'endpoint',
      'evaluation.judge.server': server,
      'evaluation.judge.model': 'm',
    });
    expect(judgeAddress(preset('vllm'))).toBe('http://localhost:8000/v1');
    expect(judgeAddress(preset('llama.cpp'))).toBe('http://localhost:8080/v1');
    expect(judgeAddress(preset('ollama'))).toBe('http://localhost:11434/v1');
    expect((await openJudge(preset('ollama'), { baseFolder: '/', env: {} }))?.id).toMatch(/11434/);
    await expect(openJudge(preset('other'), { baseFolder: '/', env: {} })).rejects.toThrow(
      /needs evaluation\.judge\.url or evaluation\.judge\.server/,
    );
  });
});
