import {
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { overwriteJson, replaceJson } from '../../src/node/files/atomic-file';
import { JsonLinesWriter } from '../../src/node/files/json-lines';
import { insideOf, openOwn } from '../../src/node/files/own-files';
import { resume } from '../../src/node/launch/resume';
import { requireOwnPlace } from '../../src/node/runs/data-folder';
import { temporaryFolder } from '../support/temporary-folder';

describe.skipIf(process.platform === 'win32')('a link in place of a file of ours', () => {
  function linked(): { link: string; target: string } {
    const target = path.join(temporaryFolder(), 'authorized_keys');
    writeFileSync(target, 'precious');
    const link = path.join(temporaryFolder(), 'metrics.jsonl');
    symlinkSync(target, link);
    return { link, target };
  }

  const writers: [string, (path: string) => unknown][] = [
    ['appended to', (file) => closeSync(openOwn(file, 'append'))],
    ['changed', (file) => overwriteJson(file, {})],
    ['written line by line', (file) => new JsonLinesWriter(file).append({})],
  ];
  it.each(writers)('is not %s', (_, write) => {
    const { link, target } = linked();
    expect(() => write(link)).toThrow(/metrics\.jsonl is a symbolic link.*Remove the link/);
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  it('is replaced itself where a file is replaced, also the one that is written beside it', () => {
    const { link, target } = linked();
    symlinkSync(target, `${link}.${process.pid}.tmp`);
    replaceJson(link, { a: 1 }, { durable: true });
    expect(JSON.parse(readFileSync(link, 'utf8'))).toEqual({ a: 1 });
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(readdirSync(path.dirname(link))).toEqual(['metrics.jsonl']);
  });

  it('that leads nowhere makes no file there', () => {
    const target = path.join(temporaryFolder(), 'new');
    const link = path.join(temporaryFolder(), 'events.jsonl');
    symlinkSync(target, link);
    expect(() => new JsonLinesWriter(link)).toThrow(/symbolic link/);
    expect(readdirSync(path.dirname(target))).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('a place in a folder', () => {
  it('is refused behind a link that leads out of it or nowhere, at any depth', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'runs'));
    symlinkSync(temporaryFolder(), path.join(folder, 'runs/a'));
    symlinkSync('/nowhere at all', path.join(folder, 'runs/b'));
    symlinkSync('..', path.join(folder, 'runs/up'));
    mkdirSync(path.join(folder, 'real'));
    symlinkSync('../real', path.join(folder, 'runs/c'));
    for (const name of ['a', 'b']) expect(() => insideOf(folder, 'runs', name, 'x')).toThrow(/leads out of/);
    expect(() => insideOf(path.join(folder, 'runs'), 'up')).toThrow(/leads out of/);
    for (const name of ['c', 'new', 'up'])
      expect(insideOf(folder, 'runs', name)).toBe(path.join(folder, 'runs', name));
  });

  it('is refused where the data folder of a repository is a link, and not where the user has named it', () => {
    const [workspace, target] = [temporaryFolder(), temporaryFolder()];
    for (const name of ['.dpo', 'my runs']) symlinkSync(target, path.join(workspace, name));
    expect(() => requireOwnPlace(path.join(workspace, '.dpo'))).toThrow(/\.dpo is a symbolic link/);
    expect(() => requireOwnPlace(path.join(workspace, 'my runs'))).not.toThrow();
    symlinkSync(temporaryFolder(), path.join(target, 'runs'));
    expect(() => requireOwnPlace(path.join(workspace, 'my runs'))).toThrow(/runs is a symbolic link/);
  });
});

describe.skipIf(process.platform === 'win32')('files of a run', () => {
  it('are read by this account alone', () => {
    const folder = temporaryFolder();
    const files = ['status.json', 'events.jsonl', 'output.log'].map((name) => path.join(folder, name));
    const [status = '', events = '', log = ''] = files;
    replaceJson(status, {}, { durable: false });
    new JsonLinesWriter(events).close();
    closeSync(openOwn(log, 'append'));
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe.skipIf(process.platform === 'win32')('a run to resume', () => {
  const id = '20261101-000000-beta0.1-aaaa';
  const programs = {
    node: '',
    job: '',
    onnxTrainer: '',
    judge: '',
    command: '',
    allowKey: async () => false,
    torch: { wheel: '', python: '', activePython: async () => undefined },
    versions: {},
  };

  it.each(['runs', `runs/${id}`, `runs/${id}/checkpoints`])(
    'is refused by name where %s is a link that leads out',
    async (name) => {
      const [dataFolder, target] = [path.join(temporaryFolder(), '.dpo'), temporaryFolder()];
      writeFileSync(path.join(target, 'precious'), '');
      const link = path.join(dataFolder, name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(target, link);
      await expect(resume(dataFolder, [id], programs)).rejects.toThrow(
        `${link} is a symbolic link that leads out of`,
      );
      expect(readdirSync(target)).toEqual(['precious']);
      expect(readdirSync(dataFolder)).toEqual(['runs']);
    },
  );
});
