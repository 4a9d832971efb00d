import { describe, expect, it } from 'vitest';
import { BROKEN, useCli, VALID } from './dpo-lab';

const workplace = useCli();

describe('standard input', () => {
  it('is checked as YAML under a name of its own', async () => {
    const { code, stdout } = await workplace().run(['check', '--no-facts', '-'], { input: BROKEN });
    expect(code).toBe(1);
    expect(stdout).toContain('stdin.dpo.yaml:3:9 error BETA002');
  });

  it('gets its format and folder from --stdin-name', async () => {
    const place = workplace();
    place.write('sub/model/config.json', '{ "model_type": "llama" }');
    const json = await place.run(['check', '--no-facts', '--stdin-name', 'sub/x.dpo.json', '-'], {
      input: '{ "model": "x", }',
    });
    expect(json.stdout).toContain('sub/x.dpo.json:1:17 error SYN001');
    const inFolder = await place.run(['check', '--stdin-name', 'sub/x.dpo.yaml', '-'], { input: VALID });
    expect(inFolder.stdout).not.toContain('MODEL001');
    const elsewhere = await place.run(['check', '--stdin-name', 'x.dpo.yaml', '-'], { input: VALID });
    expect(elsewhere.stdout).toContain('x.dpo.yaml:1:8 error MODEL001');
  });

  it.each([
    ['with files', ['-', 'a.dpo.yaml'], 'is checked alone'],
    ['where only its name is given', ['--stdin-name', 'x.dpo.yaml', '.'], 'Add - for it.'],
    ['with --fix', ['--fix', '-'], '--fix changes files, and - is none.'],
    [
      'under a name that is no config',
      ['--stdin-name', 'x.yaml', '-'],
      '--stdin-name x.yaml is not named like a config.',
    ],
  ])('is refused %s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await workplace().run(['check', ...args], { input: VALID });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});
