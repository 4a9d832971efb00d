import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { askRun } from '../../src/node/runs/run-store';
import { problemsOfRun } from './schemas';
import { isAlive, stage, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

describe('a job', () => {
  it('brings a run to its end', async () => {
    const play = stage(['completes']);
    await play.runJob();
    const { state, status } = await play.read();
    expect(state).toBe('completed');
    expect(status).toMatchObject({ step: 20, totalSteps: 20, epoch: 1 });
    expect(status?.handle).toBeUndefined();
    expect(play.states()).toEqual(['queued', 'preparing', 'running', 'completed']);
    const summary = JSON.parse(readFileSync(path.join(play.sweepFolder, 'summary.json'), 'utf8'));
    expect(summary.runs).toMatchObject([
      { beta: 0.1, seed: 0, state: 'completed', step: 20, train: { epoch: 1 }, alarms: [] },
    ]);
  });

  it.each([
    ['fails', /^The disk is full\. Free space and resume the run\.$/],
    ['is killed', /killed \(SIGKILL\): most likely memory ran out.* Its last output: step 3 done$/],
    ['runs out of memory', /^The trainer ran out of memory.*output: RuntimeError: CUDA out of memory\.$/],
    ['says nothing', /^The trainer ended without saying whether it completed/],
    ['writes half a line', /SIGKILL/],
  ])('a trainer that %s leaves a failed run and says why', async (scenario, reason) => {
    const play = stage([scenario]);
    await play.runJob();
    const { state, status } = await play.read();
    expect(state).toBe('failed');
    expect(status?.error).toMatch(reason);
    expect(play.lines('events.jsonl').at(-1)).toMatchObject({ state: 'failed', reason: status?.error });
  });

  it('tells with which settings memory ran out', async () => {
    const play = stage(['runs out of memory']);
    await play.runJob();
    const alarms = play.lines('events.jsonl').filter(({ kind }) => kind === 'alarm');
    expect(alarms).toMatchObject([{ code: 'RUN010', severity: 'error', step: 0 }]);
    expect(alarms[0]?.message).toMatch(
      /^Memory ran out with training\.micro_batch_size 1 and data\.max_length \d+\./,
    );
    expect(problemsOfRun(play.folderOf())).toEqual([]);
  });

  it('says when the trainer is not there', async () => {
    const play = stage(['completes'], { trainer: ['/nowhere/python'] });
    await play.runJob();
    const { state, status } = await play.read();
    expect(state).toBe('failed');
    expect(status?.error).toMatch(/could not be started: .*ENOENT/);
  });

  it('reads past a torn line', async () => {
    const play = stage(['writes half a line']);
    await play.runJob();
    expect((await play.read()).status?.step).toBe(3);
  });

  it('ends what a trainer leaves behind', async () => {
    const play = stage(['leaves a child']);
    await play.runJob();
    expect((await play.read()).state).toBe('completed');
    await until(() => !isAlive(play.pid('child.pid')));
  });

  it('is not held up by a flood of output', async () => {
    const play = stage(['floods']);
    await play.runJob();
    expect((await play.read()).state).toBe('completed');
  });

  it('shows signs of life while the trainer is silent', async () => {
    const play = stage(['goes silent']);
    const job = await play.openJob();
    const done = job.run();
    await until(async () => (await play.read()).status?.step === 2);
    const before = (await play.read()).status?.heartbeat ?? 0;
    await until(async () => ((await play.read()).status?.heartbeat ?? 0) > before);
    expect((await play.read()).state).toBe('running');
    job.kill('the test is over');
    await done;
    expect(isAlive(play.pid('trainer.pid'))).toBe(false);
  });

  it('tells that nothing is heard from a trainer, and no more when it is heard again', async () => {
    const play = stage(['goes silent']);
    const job = await play.openJob({ silence: 300 });
    const done = job.run();
    const activity = async () => (await play.read()).status?.activity;
    await until(async () => (await play.read()).state === 'running');
    await until(async () => /^nothing heard from the trainer for \d+ s$/.test((await activity()) ?? ''));
    expect((await play.read()).state).toBe('running');
    // Printing is a sign of life, too.
    await until(async () => {
      appendFileSync(path.join(play.folderOf(), 'output.log'), '.');
      return (await activity()) === undefined;
    });
    job.kill('the test is over');
    await done;
  });

  it('tells what is done before training', async () => {
    const play = stage(['is deaf']);
    const job = await play.openJob();
    expect((await play.read()).status).toMatchObject({
      state: 'queued',
      handle: { kind: 'process', pid: process.pid },
      attempt: 1,
    });
    const done = job.run();
    await until(async () => (await play.read()).state === 'running');
    job.kill('the test is over');
    await done;
  });
});

describe('stopping', () => {
  it('lets the trainer save, and is resumed from there', async () => {
    const play = stage(['goes on and on']);
    const done = play.runJob();
    await until(async () => ((await play.read()).status?.step ?? 0) > 10);
    await askRun(play.folderOf(), play.runs[0] ?? '', 'stop');
    await done;
    const stopped = await play.read();
    expect(stopped.state).toBe('stopped');
    expect(play.states()).toEqual(['queued', 'preparing', 'running', 'stopping', 'stopped']);
    expect(stopped.status?.step).toBeGreaterThan(10);
  });

  it('ends a trainer that does not obey, after a while', async () => {
    const play = stage(['is deaf']);
    const job = await play.openJob({ grace: 200 });
    const done = job.run();
    await until(async () => (await play.read()).status?.step === 2);
    job.stop('the test wants it');
    await done;
    expect((await play.read()).state).toBe('stopped');
    expect(play.lines('events.jsonl').at(-1)?.reason).toMatch(/did not stop when it was asked to/);
    expect(isAlive(play.pid('trainer.pid'))).toBe(false);
  });

  it('at once does not wait', async () => {
    const play = stage(['is deaf']);
    const done = play.runJob();
    await until(async () => (await play.read()).status?.step === 2);
    await askRun(play.folderOf(), play.runs[0] ?? '', 'kill');
    await done;
    expect((await play.read()).state).toBe('stopped');
  });

  it('is not for a run that the request does not name', async () => {
    const play = stage(['completes']);
    await askRun(play.folderOf(), 'another-run', 'stop');
    await play.runJob();
    expect((await play.read()).state).toBe('completed');
  });

  it('of one arm leaves the others alone, also one that waits', async () => {
    const play = stage(['goes on and on', 'completes', 'completes']);
    const done = play.runJob();
    await until(async () => (await play.read()).state === 'running');
    await askRun(play.folderOf(1), play.runs[1] ?? '', 'stop');
    await until(async () => (await play.read(1)).state === 'stopped');
    expect((await play.read()).state).toBe('running');
    await askRun(play.folderOf(), play.runs[0] ?? '', 'stop');
    await done;
    expect((await play.read(2)).state).toBe('completed');
    expect(play.pid('trainer.pid', 1)).toBeUndefined();
  });

  it('leaves the files of an arm alone that has ended: another job may have resumed it', async () => {
    const play = stage(['goes on and on', 'goes silent']);
    const job = await play.openJob();
    const running = job.run();
    await until(async () => ((await play.read(0)).status?.step ?? 0) > 2);
    await askRun(play.folderOf(0), play.runs[0] ?? '', 'stop');
    await until(async () => (await play.read(0)).state === 'stopped');
    const { status } = await play.read(0);
    const resumed = { ...status, state: 'completed', step: 20 };
    writeFileSync(path.join(play.folderOf(0), 'status.json'), JSON.stringify(resumed));
    // Longer than from one sign of life to the next.
    await until(async () => ((await play.read(1)).status?.heartbeat ?? 0) > (status?.heartbeat ?? 0) + 2500);
    job.kill('the test is over');
    await running;
    expect((await play.read(0)).status).toEqual(resumed);
  });

  it('of a degenerating arm happens by itself where the config says so, and the next goes on', async () => {
    const play = stage(['degenerates', 'completes'], { stopDegenerate: true });
    await play.runJob();
    expect((await play.read()).state).toBe('stopped');
    const alarms = play.lines('events.jsonl').filter(({ kind }) => kind === 'alarm');
    expect(alarms).toMatchObject([{ code: 'RUN006', severity: 'error', step: 10 }]);
    expect(play.lines('events.jsonl').at(-1)?.reason).toMatch(/texts no longer end/);
    expect((await play.read(1)).state).toBe('completed');
  });
});

describe('a sweep', () => {
  it('runs as many arms at a time as it may, after the first has the reference', async () => {
    const play = stage(['goes on and on', 'goes on and on', 'goes on and on'], { parallel: 2 });
    const job = await play.openJob();
    const done = job.run();
    await until(
      async () => (await play.read(0)).state === 'running' && (await play.read(1)).state === 'running',
    );
    expect((await play.read(2)).state).toBe('queued');
    const started = (index: number): number => Number(play.lines('trainer.jsonl', index)[0]?.time);
    const training = play.lines('trainer.jsonl').find(({ phase }) => phase === 'training');
    expect(started(1)).toBeGreaterThanOrEqual(Number(training?.time));
    job.stop('the test is over');
    await done;
    expect((await play.read(2)).state).toBe('stopped');
  });

  it('goes on after an arm that failed', async () => {
    const play = stage(['is killed', 'completes']);
    await play.runJob();
    expect([(await play.read(0)).state, (await play.read(1)).state]).toEqual(['failed', 'completed']);
  });
});
