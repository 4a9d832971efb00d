import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTree } from '../../src/core/runs/run-tree';
import { namesIn } from '../../src/node/files/names-in';
import { snapshot } from '../../src/node/panels/snapshot';
import { deleteRun } from '../../src/node/runs/delete-run';
import { KnownRuns } from '../../src/node/runs/known-runs';
import { listRuns, newestMetrics, readRun } from '../../src/node/runs/run-store';
import { readSweep } from '../../src/node/runs/sweep-store';
import { temporaryFolder } from '../support/temporary-folder';
import { jsonLines, write } from './support';

const DEAD = spawnSync(process.execPath, ['-e', '']).pid;
const ID = '20261101-000000-beta0.1-aaaa';

const run = (rest: object = {}): object => ({
  format: 1,
  id: ID,
  created: Date.now() - 3_600_000,
  backend: 'onnx',
  config: { objective: { beta: 0.1 }, training: { seed: 3 } },
  configFile: '/w/a.dpo.yaml',
  configText: 'model: x',
  configHash: '0'.repeat(64),
  baseFolder: '/w',
  dataFolder: '/w/.dpo',
  versions: {},
  ...rest,
});
const status = (rest: object = {}): object => ({
  format: 1,
  state: 'running',
  step: 7,
  pid: DEAD,
  host: hostname(),
  heartbeat: Date.now(),
  ...rest,
});
const stateOf = async (files: Record<string, unknown>): Promise<string> => {
  const folder = write(temporaryFolder(), files);
  return (await readRun(folder, ID)).state;
};
const AGO = 60_000;
const DAY = 86_400_000;
/** As a launcher of a cluster writes it, before its job begins. */
const queued = (since: number): object => ({
  format: 2,
  state: 'queued',
  step: 0,
  host: 'login',
  heartbeat: Date.now() - since,
  handle: { kind: 'slurm', job: '4711' },
  stale: 7 * DAY,
});

describe('the state of a run', () => {
  const cases: [string, string, object][] = [
    ['running', 'its job has just written', status()],
    ['interrupted', 'its job is silent and gone', status({ heartbeat: Date.now() - AGO })],
    ['interrupted', 'the clock was set back after its job died', status({ heartbeat: Date.now() + AGO })],
    [
      'interrupted',
      'its job was on another host and is silent',
      status({ heartbeat: Date.now() - 3 * AGO, host: 'elsewhere' }),
    ],
    ['running', "another host's clock is ahead", status({ heartbeat: Date.now() + AGO, host: 'elsewhere' })],
    [
      'interrupted',
      'another process has the id of its job',
      status({ heartbeat: Date.now() - AGO, pid: process.pid }),
    ],
    [
      'running',
      'a network mount shows what another host wrote a minute ago',
      status({ heartbeat: Date.now() - AGO, host: 'elsewhere' }),
    ],
    ['queued', 'it has waited in the queue of a cluster for three days', queued(3 * DAY)],
    ['interrupted', 'it has waited for longer than its launcher said', queued(8 * DAY)],
    ['failed', 'it has ended, however long ago', status({ state: 'failed', heartbeat: 0 })],
  ];
  it.each(cases)('is %s where %s', async (state, _, file) => {
    expect(await stateOf({ 'run.json': run(), 'status.json': file })).toBe(state);
  });

  it('is queued until its job had time to start', async () => {
    expect(await stateOf({ 'run.json': run({ created: Date.now() }) })).toBe('queued');
    expect(await stateOf({ 'run.json': run() })).toBe('interrupted');
    expect(
      await stateOf({ 'run.json': run({ created: Date.now() }), 'status.json': '{"state": "runn' }),
    ).toBe('queued');
  });
});

describe('listRuns', () => {
  it('gives every run, oldest first, with what can be read of it', async () => {
    const folder = temporaryFolder();
    write(path.join(folder, 'runs'), {
      '20261102-b/run.json': run({ id: '20261102-b' }),
      '20261102-b/status.json': status({ state: 'completed' }),
      '20261101-a/run.json': '{"format": 1',
      '20261103-c/run.json': run({
        id: '20261103-c',
        format: 99,
        producer: { kind: 'onnx', trainer: 'x' },
      }),
      '20261104-d/other.txt': '',
      '.20261105-e.new/run.json': run(),
    });
    const runs = await listRuns(folder);
    expect(runs.map(({ id, state }) => [id, state])).toEqual([
      ['20261101-a', 'unreadable'],
      ['20261102-b', 'completed'],
      ['20261103-c', 'interrupted'],
      ['20261104-d', 'unreadable'],
    ]);
    expect(runs[0]?.problem).toMatch(/is not JSON/);
    expect(runs[1]?.problem).toBeUndefined();
    expect(runs[2]?.problem).toMatch(/made by a newer DPO Lab/);
    expect(runs[3]?.problem).toMatch(/does not exist/);
    expect(await listRuns(path.join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('names in the files of a run', () => {
  const bad: [string, object][] = [
    ['a sweep above the data folder', { sweep: '../../../target/S' }],
    ['an absolute sweep', { sweep: '/tmp/S' }],
    ['a sweep that is a number', { sweep: 5 }],
    ['a sweep that is a hidden folder', { sweep: '.ssh' }],
    ['a sweep with a null character', { sweep: 'a\0b' }],
    ['an id that leads out', { id: '../x' }],
    ['an id with a backslash', { id: '..\\x' }],
    ['the id of another run', { id: '20261101-000000-beta0.1-bbbb' }],
    ['an empty id', { id: '' }],
  ];
  it.each(bad)('make it unreadable where there is %s', async (_, changes) => {
    const folder = write(path.join(temporaryFolder(), 'runs', ID), {
      'run.json': run(changes),
      'status.json': status({ state: 'failed' }),
    });
    const { problem, run: read, state } = await readRun(folder, ID);
    expect({ problem, read, state }).toEqual({
      problem: expect.stringContaining('run.json describes'),
      read: undefined,
      state: 'unreadable',
    });
    await expect(deleteRun(folder, ID)).resolves.toBeUndefined();
  });

  it.each(['../../x', '/tmp/x', 'other'])('refuse a sweep of the id %j', async (id) => {
    const folder = write(path.join(temporaryFolder(), 'sweeps/20261101-000000-sweep-aaaa'), {
      'sweep.json': { format: 1, id, runs: [ID], trainer: ['x'], parallel: 1, stopDegenerate: false },
    });
    await expect(readSweep(folder)).rejects.toThrow(/describes (no|another) sweep/);
  });

  it.each(['../../x', '/etc', ''])('refuse a sweep with the arm %j', async (arm) => {
    const id = '20261101-000000-sweep-aaaa';
    const folder = write(path.join(temporaryFolder(), 'sweeps', id), {
      'sweep.json': { format: 1, id, runs: [arm], trainer: ['x'], parallel: 1, stopDegenerate: false },
    });
    await expect(readSweep(folder)).rejects.toThrow(/describes no sweep/);
  });
});

describe('a run that cannot be read', () => {
  const folder = temporaryFolder();
  const place = path.join(folder, 'runs', ID);
  const cases: [string, Record<string, unknown>, () => void, RegExp][] = [
    [
      'a folder in place of run.json',
      {},
      () => mkdirSync(path.join(place, 'run.json/x'), { recursive: true }),
      /run\.json is a folder/,
    ],
    [
      'a folder in place of metrics.jsonl',
      { 'run.json': run() },
      () => mkdirSync(path.join(place, 'metrics.jsonl')),
      /metrics\.jsonl is a folder/,
    ],
    [
      'a folder in place of judgements.jsonl',
      { 'run.json': run() },
      () => mkdirSync(path.join(place, 'judgements.jsonl')),
      /judgements\.jsonl is a folder/,
    ],
    [
      'a link to another folder',
      {},
      () => symlinkSync(temporaryFolder(), place),
      /symbolic link that leads out/,
    ],
    [
      'a status behind a link',
      { 'run.json': run() },
      () => symlinkSync('/etc/hostname', path.join(place, 'status.json')),
      /symbolic link that leads out/,
    ],
    [
      'a file in place of the folder',
      {},
      () => writeFileSync(place, ''),
      /is a file, not the folder of a run/,
    ],
    ['a sweep that is a number', { 'run.json': run({ sweep: 5 }) }, () => {}, /sweep is no name/],
    [
      'a null section in its config',
      { 'run.json': run({ config: { objective: null } }) },
      () => {},
      /config\.objective is not a section/,
    ],
    ['a date that none can be', { 'run.json': run({ created: 1e300 }) }, () => {}, /created is not a time/],
  ];
  it.each(cases)('for %s, says why, and can be deleted', async (_, files, make, problem) => {
    rmSync(place, { recursive: true, force: true });
    if (Object.keys(files).length > 0) write(place, files);
    else mkdirSync(path.dirname(place), { recursive: true });
    make();
    const [only] = await listRuns(folder);
    expect(only).toMatchObject({ id: ID, state: 'unreadable' });
    expect(only?.problem).toMatch(problem);
    const known = new KnownRuns(folder);
    await known.read([ID]);
    expect(runTree(known.runs, String)).toMatchObject([
      { description: 'unreadable', look: 'unreadable', abilities: ['open', 'delete'] },
    ]);
    const [page] = await snapshot({ kind: 'run', folder: place });
    expect(page).toMatchObject({
      page: { state: 'unreadable', sentence: 'Unreadable.', next: only?.problem },
    });
    await deleteRun(place, ID);
    expect(await listRuns(folder)).toEqual([]);
  });

  it('is not deleted while its job lives', async () => {
    const job = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)', ID], { stdio: 'ignore' });
    try {
      rmSync(place, { recursive: true, force: true });
      write(place, { 'run.json': '{', 'status.json': status({ pid: job.pid }) });
      await expect(deleteRun(place, ID)).rejects.toThrow(/is running\. Stop it/);
    } finally {
      job.kill('SIGKILL');
    }
  });
});

describe('newestMetrics', () => {
  it('says why metrics cannot be read, and says nothing where there are none', async () => {
    const folder = temporaryFolder();
    expect(await newestMetrics(folder)).toEqual({ train: {}, eval: {} });
    mkdirSync(path.join(folder, 'metrics.jsonl'));
    expect(await newestMetrics(folder)).toEqual({
      train: {},
      eval: {},
      problem: expect.stringMatching(/metrics\.jsonl is a folder/),
    });
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
    const folder = temporaryFolder();
    spawnSync('mkfifo', [path.join(folder, 'metrics.jsonl')]);
    expect((await newestMetrics(folder)).problem).toMatch(/a device or a pipe/);
  });

  it('takes the newest of each value, from the end of a long file', async () => {
    const line = (step: number, split: string, values: object): object => ({ step, time: 1, split, values });
    const old = Array.from({ length: 5000 }, (_, step) => line(step, 'train', { loss: 1, accuracy: 0.5 }));
    const folder = write(temporaryFolder(), {
      'metrics.jsonl': `${jsonLines([...old, line(5000, 'eval', { loss: 0.7 }), line(5000, 'eval', { ended: 1 }), line(5001, 'train', { loss: 'NaN', odd: 3 })])}{"step":5002,"ti`,
    });
    expect(await newestMetrics(folder)).toEqual({
      train: { loss: 'NaN', accuracy: 0.5, odd: 3 },
      eval: { loss: 0.7, ended: 1 },
    });
    expect(await newestMetrics(path.join(folder, 'nowhere'))).toEqual({ train: {}, eval: {} });
  });
});

describe('deleteRun', () => {
  it('leaves nothing, and refuses a run that goes on', async () => {
    const folder = temporaryFolder();
    write(folder, { [`runs/${ID}/run.json`]: run(), [`runs/${ID}/status.json`]: status({ heartbeat: 0 }) });
    const place = path.join(folder, 'runs', ID);
    write(place, { 'checkpoints/5/state': 'x' });
    await deleteRun(place, ID);
    expect(existsSync(place)).toBe(false);
    expect(await listRuns(folder)).toEqual([]);
    write(folder, { [`runs/${ID}/run.json`]: run(), [`runs/${ID}/status.json`]: status() });
    await expect(deleteRun(place, ID)).rejects.toThrow(/is running\. Stop it before/);
  });

  it('takes the sweep with the last of its arms, and what a killed program had begun to delete', async () => {
    const folder = temporaryFolder();
    const [first, second, sweep] = ['20261101-a', '20261101-b', '20261101-sweep'];
    const plan = {
      format: 1,
      id: sweep,
      runs: [first, second],
      parallel: 1,
      stopDegenerate: false,
      trainer: ['x'],
    };
    write(folder, {
      [`sweeps/${sweep}/sweep.json`]: plan,
      'runs/.20261031-c.deleted/run.json': '{}',
      ...Object.fromEntries([first, second].map((id) => [`runs/${id}/run.json`, run({ id, sweep })])),
    });
    await deleteRun(path.join(folder, 'runs', first), first);
    expect(readdirSync(path.join(folder, 'runs'))).toEqual([second]);
    expect(existsSync(path.join(folder, 'sweeps', sweep))).toBe(true);
    await deleteRun(path.join(folder, 'runs', second), second);
    expect(readdirSync(path.join(folder, 'sweeps'))).toEqual([]);
  });

  it('deletes no other folder, whatever a run names as its sweep', async () => {
    const folder = temporaryFolder();
    const plan = { format: 1, id: '../other', runs: [], parallel: 1, stopDegenerate: false, trainer: ['x'] };
    write(folder, { 'other/sweep.json': plan, [`runs/${ID}/run.json`]: run({ sweep: '../other' }) });
    await deleteRun(path.join(folder, 'runs', ID), ID);
    expect(existsSync(path.join(folder, 'other/sweep.json'))).toBe(true);
  });

  it('of a run that somebody else has deleted is done', async () => {
    const folder = temporaryFolder();
    await deleteRun(path.join(folder, 'runs', ID), ID);
    expect(await listRuns(folder)).toEqual([]);
  });
});

describe('a folder that cannot be read', () => {
  it('is not said to be empty', async () => {
    // Longer than any file system takes: an error other than that nothing is there.
    const tooLong = path.join(temporaryFolder(), 'x'.repeat(300));
    await expect(listRuns(tooLong)).rejects.toThrow(/x{300}/);
    await expect(namesIn(tooLong)).rejects.toThrow(/x{300}/);
    expect(await listRuns(path.join(temporaryFolder(), 'none'))).toEqual([]);
    expect(await namesIn(path.join(temporaryFolder(), 'none'))).toEqual([]);
  });
});
