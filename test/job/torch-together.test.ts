import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { askRun } from '../../src/node/runs/run-store';
import { problemsOfSweep } from './schemas';
import { isAlive, type Stage, stage, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const TRAINER = path.resolve(import.meta.dirname, 'scripted-torch.mjs');

const together = (scenarios: readonly string[], rest: object = {}): Stage =>
  stage(scenarios, { trainer: [process.execPath, TRAINER], environment: {}, together: true, ...rest });

const statesOf = async (play: Stage): Promise<string[]> =>
  Promise.all(play.runs.map(async (_, index) => (await play.read(index)).state));
const pids = (play: Stage): unknown[] => play.runs.map((_, index) => play.pid('trainer.pid', index));
const ask = (play: Stage, index: number, request: 'stop' | 'kill'): Promise<void> =>
  askRun(play.folderOf(index), play.runs[index] ?? '', request);

describe('arms that are trained together', () => {
  it('run in turn in one process, and each has its own states', async () => {
    const play = together(['completes', 'completes', 'completes']);
    await play.runJob();
    expect(await statesOf(play)).toEqual(['completed', 'completed', 'completed']);
    expect(new Set(pids(play)).size).toBe(1);
    for (const index of [0, 1, 2]) {
      expect(play.states(index)).toEqual(['queued', 'preparing', 'running', 'completed']);
      expect((await play.read(index)).status).toMatchObject({ step: 5, totalSteps: 5, epoch: 1 });
    }
    expect(play.text('output.log')).toContain(`step 5 of ${play.runs[2]}`);
    expect(play.text('output.log', 2)).toContain(path.join(play.folderOf(0), 'output.log'));
    expect(problemsOfSweep(play.sweepFolder)).toEqual([]);
  });

  it('wait while another one is trained', async () => {
    const play = together(['goes on', 'completes']);
    const done = play.runJob();
    await until(async () => (await play.read(0)).state === 'running');
    const { status } = await play.read(1);
    expect(status).toMatchObject({ state: 'queued', handle: { pid: process.pid } });
    expect(status).not.toHaveProperty('trainer');
    await ask(play, 0, 'stop');
    await done;
    expect(await statesOf(play)).toEqual(['stopped', 'completed']);
    // The stop of one arm has not ended the process.
    expect(new Set(pids(play)).size).toBe(1);
  });

  it('go on after one that failed', async () => {
    const play = together(['is not supported', 'completes']);
    await play.runJob();
    expect(await statesOf(play)).toEqual(['failed', 'completed']);
    expect((await play.read(0)).status?.error).toMatch(/does not offer the loss odpo/);
  });

  it('get another process where theirs died, which is told of the arm that it trained', async () => {
    const play = together(['completes', 'dies', 'completes', 'dies']);
    await play.runJob();
    expect(await statesOf(play)).toEqual(['completed', 'failed', 'completed', 'failed']);
    const [first, second, third, fourth] = pids(play);
    expect([second, fourth]).toEqual([first, third]);
    expect(third).not.toBe(first);
    expect((await play.read(1)).status?.error).toMatch(/killed \(SIGKILL\).*step 2 of/);
  });

  it('each fail where no process can be started', async () => {
    const play = together(['completes', 'completes'], { trainer: ['/nowhere/python', '-m', 'trainer'] });
    await play.runJob();
    expect(await statesOf(play)).toEqual(['failed', 'failed']);
    for (const index of [0, 1])
      expect((await play.read(index)).status?.error).toMatch(/could not be started/);
  });

  it('are passed over where they were stopped while they waited', async () => {
    const play = together(['goes on', 'completes', 'completes']);
    const done = play.runJob();
    await until(async () => (await play.read(0)).state === 'running');
    await ask(play, 1, 'stop');
    await until(async () => (await play.read(1)).state === 'stopped');
    await ask(play, 0, 'stop');
    await done;
    expect(await statesOf(play)).toEqual(['stopped', 'stopped', 'completed']);
    expect(play.text('trainer.jsonl', 1)).toBe('');
  });

  it('stop with their job, the one in work with a checkpoint, the others untouched', async () => {
    const play = together(['goes on', 'completes']);
    const job = await play.openJob();
    const done = job.run();
    await until(async () => ((await play.read(0)).status?.step ?? 0) > 2);
    job.stop('the test is over');
    await done;
    expect(await statesOf(play)).toEqual(['stopped', 'stopped']);
    expect(play.lines('trainer.jsonl').at(-1)?.kind).toBe('stopped');
    expect(play.text('trainer.jsonl', 1)).toBe('');
    expect(isAlive(play.pid('trainer.pid'))).toBe(false);
  });

  it('go on in another process where the one in work had to be killed', async () => {
    const play = together(['is deaf', 'completes']);
    const done = play.runJob({ grace: 200 });
    await until(async () => (await play.read(0)).state === 'running');
    await ask(play, 0, 'stop');
    await done;
    expect(await statesOf(play)).toEqual(['stopped', 'completed']);
    expect(play.lines('events.jsonl').at(-1)?.reason).toMatch(/did not stop when it was asked to/);
  });
});

describe('a trainer behind a launcher', () => {
  it('is stopped by a request, because a signal would end the launcher alone', async () => {
    const play = together(['goes on'], { together: false, launcher: true });
    const job = await play.openJob();
    const done = job.run();
    await until(async () => (await play.read(0)).state === 'running');
    job.stop('the test is over');
    expect(JSON.parse(play.text('control.json'))).toMatchObject({ run: play.runs[0], request: 'stop' });
    await done;
    expect(await statesOf(play)).toEqual(['stopped']);
  });

  it.each([
    [
      'meets a port in use',
      /^Port 29500 on which the processes of the trainer meet is in use\. .*main_process_port.*resume the run\.$/,
    ],
    ['loses a process', /^The trainer was killed \(SIGKILL\): most likely memory ran out/],
  ])('that %s leaves a failed run and says why', async (scenario, reason) => {
    const play = together([scenario], { launcher: true });
    await play.runJob();
    expect(await statesOf(play)).toEqual(['failed']);
    expect((await play.read()).status?.error).toMatch(reason);
  });

  it('is ended with the processes that it gave sessions of their own', async () => {
    const script = `
      const [trainer, ...folders] = process.argv.slice(1);
      const { spawn } = require('node:child_process');
      spawn(process.execPath, [trainer, ...folders], { detached: true, stdio: 'inherit' });`;
    const trainer = [process.execPath, '-e', script, TRAINER];
    const play = together(['is deaf'], { trainer, launcher: true });
    const job = await play.openJob();
    const done = job.run();
    await until(async () => (await play.read(0)).state === 'running');
    expect(isAlive(play.pid('trainer.pid'))).toBe(true);
    job.kill('the test is over');
    await done;
    await until(() => !isAlive(play.pid('trainer.pid')));
  });
});
