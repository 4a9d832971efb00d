import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BROKEN, useCli, VALID } from './dpo-lab';

const workplace = useCli();
const CHECK = ['check', '--no-facts', '--format', 'json'];

/** The files that were checked, by the JSON report. */
function checkedFiles(stdout: string): string[] {
  return JSON.parse(stdout).files.map((entry: { file: string }) => entry.file);
}

describe('finding configs', () => {
  it('searches a folder, and leaves out what others wrote', async () => {
    const place = workplace();
    for (const name of ['a.dpo.yaml', 'sub/b.dpo.yml', 'sub/.hidden/c.dpo.json']) place.write(name, VALID);
    for (const name of ['node_modules/x.dpo.yaml', '.git/x.dpo.yaml', '.dpo/runs/1/x.dpo.yaml', 'plain.yaml'])
      place.write(name, BROKEN);
    const { stdout } = await place.run([...CHECK, '.']);
    expect(checkedFiles(stdout)).toEqual(['a.dpo.yaml', 'sub/.hidden/c.dpo.json', 'sub/b.dpo.yml']);
  });

  it.skipIf(process.platform === 'win32')(
    'follows no link: one can lead to the root of the disk',
    async () => {
      const [place, outside] = [workplace(), workplace()];
      place.write('a.dpo.yaml', VALID);
      place.write('sub/b.dpo.yaml', VALID);
      outside.write('x.dpo.yaml', BROKEN);
      symlinkSync(outside.folder, `${place.folder}/sub/out`);
      symlinkSync('/', `${place.folder}/root`);
      symlinkSync('..', `${place.folder}/sub/up`);
      for (const name of ['.', '**/*.dpo.yaml']) {
        const { stdout } = await place.run([...CHECK, name]);
        expect(checkedFiles(stdout)).toEqual(['a.dpo.yaml', 'sub/b.dpo.yaml']);
      }
    },
  );

  it.skipIf(process.platform === 'win32')('starts nvidia-smi alone, and nothing without facts', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', VALID);
    for (const name of ['nvidia-smi', 'git', 'python3', 'node']) {
      place.write(`bin/${name}`, '#!/bin/sh\necho "$0" >> "$0.calls"\n');
      chmodSync(place.path(`bin/${name}`), 0o755);
    }
    const called = (): string[] => readdirSync(place.path('bin')).filter((name) => name.endsWith('.calls'));
    const env = { PATH: place.path('bin') };
    await place.run(['check', '--no-facts', '.'], { env });
    expect(called()).toEqual([]);
    await place.run(['check', '.'], { env });
    expect(called()).toEqual(['nvidia-smi.calls']);
  });

  it('takes files, globs and folders together, and checks each file once', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', VALID);
    place.write('sub/b.dpo.yaml', VALID);
    place.write('sub/notes.md', '');
    const { code, stdout } = await place.run([
      ...CHECK,
      'a.dpo.yaml',
      './a.dpo.yaml',
      'sub',
      '**/*.dpo.yaml',
      'sub/*',
    ]);
    expect(checkedFiles(stdout)).toEqual(['a.dpo.yaml', 'sub/b.dpo.yaml']);
    expect(code).toBe(0);
  });

  it('takes a name with the special characters of a glob as it is, where such a file exists', async () => {
    const place = workplace();
    place.write('[beta].dpo.yaml', VALID);
    const { stdout } = await place.run([...CHECK, '[beta].dpo.yaml']);
    expect(checkedFiles(stdout)).toEqual(['[beta].dpo.yaml']);
  });

  it('searches a folder that is named like a config', async () => {
    const place = workplace();
    mkdirSync(place.path('x.dpo.yaml'));
    const empty = await place.run(['check', 'x.dpo.yaml']);
    expect(empty.code).toBe(2);
    expect(empty.stderr).toMatch(/^x\.dpo\.yaml is a folder that holds no config .*\n$/);
    place.write('x.dpo.yaml/y.dpo.yaml', VALID);
    const { stdout } = await place.run([...CHECK, '.']);
    expect(checkedFiles(stdout)).toEqual(['x.dpo.yaml/y.dpo.yaml']);
  });
});

describe('what cannot be checked is said in a sentence', () => {
  it.each([
    ['a missing file', ['nope.dpo.yaml'], 'nope.dpo.yaml does not exist. Check the path and its spelling.'],
    ['a pattern without a match', ['*.dpo.json'], '*.dpo.json matches no config'],
    ['another kind of file', ['notes.yaml'], 'notes.yaml is not named like a config'],
    ['a missing folder', ['nope/'], 'nope/ does not exist.'],
  ])('%s', async (_, args, sentence) => {
    const place = workplace();
    place.write('notes.yaml', 'a: 1');
    const { code, stdout, stderr } = await place.run(['check', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('the other files are checked all the same', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', BROKEN);
    const { code, stdout, stderr } = await place.run(['check', '--no-facts', 'nope.dpo.yaml', 'a.dpo.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('nope.dpo.yaml does not exist.');
    expect(stdout).toContain('3 errors in 1 file, 1 not checked');
  });

  it('a file that may not be read, links in a ring, and a pipe', async () => {
    const place = workplace();
    chmodSync(place.write('secret.dpo.yaml', VALID), 0o000);
    symlinkSync('ring.dpo.yaml', place.path('ring.dpo.yaml'));
    execFileSync('mkfifo', [place.path('pipe.dpo.yaml')]);
    const { code, stderr } = await place.run(['check', 'secret.dpo.yaml', 'ring.dpo.yaml', 'pipe.dpo.yaml'], {
      unprivileged: true,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('secret.dpo.yaml may not be read by this user. Check its permissions.');
    expect(stderr).toContain('ring.dpo.yaml is a symbolic link that leads back to itself.');
    expect(stderr).toContain('pipe.dpo.yaml is a device or a pipe');
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
  });
});

describe('odd contents are problems, never a crash', () => {
  const cases: [string, string | Uint8Array, string, string][] = [
    ['10 MB', `model: x # ${'long '.repeat(2_000_000)}\n`, 'SYN004', 'is not checked'],
    [
      'bytes that are not UTF-8',
      Buffer.from([...Buffer.from('model: caf'), 0xe9, 0x0a]),
      'SYN003',
      'not UTF-8',
    ],
    ['UTF-16', Buffer.from('model: x\n', 'utf16le'), 'SYN003', 'UTF-16'],
    ['nothing', '', 'VAL004', 'empty'],
    ['a list', '- a\n- b\n', 'SYN004', 'something else'],
    ['deep nesting', '['.repeat(20_000), 'SYN', ''],
  ];
  it.each(cases)('%s', async (_, content, code, words) => {
    const place = workplace();
    place.write('odd.dpo.yaml', content);
    const ended = await place.run(['check', 'odd.dpo.yaml']);
    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toMatch(new RegExp(`odd\\.dpo\\.yaml:\\d+:\\d+ error ${code}`));
    expect(ended.stdout.replace(/\s+/g, ' ')).toContain(words);
    for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('places do not depend on line breaks or a byte-order mark', async () => {
    const place = workplace();
    place.write('lf.dpo.yaml', BROKEN);
    place.write('crlf.dpo.yaml', `\uFEFF${BROKEN.replaceAll('\n', '\r\n')}`);
    const { stdout } = await place.run(['check', '--no-facts', '.']);
    const of = (name: string): string[] =>
      stdout
        .split('\n')
        .filter((line) => line.startsWith(name))
        .map((line) => line.slice(name.length));
    expect(of('crlf.dpo.yaml')).toEqual(of('lf.dpo.yaml'));
    expect(of('lf.dpo.yaml')).toHaveLength(3);
    expect(stdout).not.toContain('\r');
  });
});
