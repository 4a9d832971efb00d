import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { BROKEN, useCli, VALID } from './dpo-lab';

const workplace = useCli();

describe('the program', () => {
  it('prints its version, and help with examples', async () => {
    const place = workplace();
    expect(await place.run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    for (const args of [
      ['--help'],
      ['help'],
      ['help', 'check'],
      ['check', '--help'],
      ['explain', '--help'],
    ]) {
      const { code, stdout, stderr } = await place.run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Examples:\n  dpo-lab ');
    }
  });

  it.each([
    ['no command', [], 'Usage: dpo-lab'],
    ['an unknown command', ['chek'], "unknown command 'chek'"],
    ['an unknown option', ['check', '--fxi', 'a.dpo.yaml'], "unknown option '--fxi'"],
    ['an unknown format', ['check', '--format', 'xml', '.'], 'Allowed choices are text, json, sarif.'],
    ['no file', ['check'], "missing required argument 'file'"],
    ['too many codes', ['explain', 'A', 'B'], 'too many arguments'],
  ])('%s is a wrong use, with a way on', async (_, args, words) => {
    const { code, stdout, stderr } = await workplace().run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/dpo-lab help COMMAND/);
  });

  it.each([
    ['without errors', VALID, 0],
    ['with only a hint', VALID.replace('0.02', '0.1'), 0],
    ['with an error', BROKEN, 1],
  ])('ends with the exit code of a file %s', async (_, text, expected) => {
    const place = workplace();
    place.write('a.dpo.yaml', text);
    expect((await place.run(['check', '--no-facts', '.'])).code).toBe(expected);
  });

  it('ends quietly, with its exit code, when its reader has read enough', async () => {
    const place = workplace();
    for (let index = 0; index < 400; index++) place.write(`sub/${index}.dpo.yaml`, BROKEN);
    const { code, stderr } = await place.runAndCloseOutput(['check', '--no-facts', 'sub']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });

  it('says when its output cannot be written', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', BROKEN);
    const child = spawn(process.execPath, [place.cli, 'check', '--no-facts', '.'], {
      cwd: place.folder,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    const stderr: Buffer[] = [];
    child.stderr?.on('data', (chunk) => stderr.push(chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(Buffer.concat(stderr).toString()).toMatch(/^The output could not be written: ENOSPC.*\n$/);
    expect(code).toBe(2);
  });

  it('keeps the stack of a real bug and asks to report it', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', VALID);
    const preload = place.write('bug.cjs', "process.cwd = () => { throw new TypeError('injected'); };");
    const { code, stderr } = await place.run(['check', 'a.dpo.yaml'], { preload });
    expect(code).toBe(70);
    expect(stderr).toMatch(/^TypeError: injected\n {4}at /);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^This is a bug in dpo-lab\. Please report it/);
  });
});
