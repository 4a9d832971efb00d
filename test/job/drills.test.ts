import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { resume } from '../../src/node/launch/resume';
import { deleteRun } from '../../src/node/runs/delete-run';
import { MetricsReader } from '../../src/node/runs/metrics-reader';
import { askRun, listRuns, newestMetrics, readRun } from '../../src/node/runs/run-store';
import { watchRuns } from '../../src/node/runs/watch-runs';
import {
  complete,
  expectWhole,
  kill,
  letTimePass,
  processesOf,
  start,
  untilNothingRuns,
  usePrograms,
  writtenMetrics,
} from './drill-support';
import { isAlive, type Stage, stage, until } from './support';

/*
 * What goes wrong, each once and by name, with the job as a process of its own. After each: the right state in words, no
 * process left, nothing lost that was written, and the run resumes to the same end. Elsewhere:
 *
 *   kill -9 at 200 random times of trainer, job, launcher or all    kills.test.ts
 *   the same of the real trainer                                    real-trainer.test.ts
 *   kill -9 of the job; a second signal; deleted under the job      process.test.ts
 *   SIGTERM ignored; children of a trainer that ends; out of memory job.test.ts
 *   full disk while a checkpoint is written                         ../trainer/failures.test.ts
 */

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const programs = usePrograms();

const play = (scenario: string): Stage =>
  stage([scenario], { trainer: [programs.node, programs.onnxTrainer] });
const ended = async (of: Stage): Promise<string> => {
  await until(async () => ['completed', 'stopped', 'failed'].includes((await of.read()).state));
  return (await of.read()).status?.error ?? '';
};
const atStep = (of: Stage, step: number): Promise<void> =>
  until(async () => ((await of.read()).status?.step ?? 0) >= step);

describe('a trainer', () => {
  it.each([
    ['dies in a line', /^The trainer was killed \(SIGKILL\): most likely memory ran out/],
    ['ends without a word', /^The trainer ended without saying whether it completed/],
    ['floods and dies', /SIGKILL.* Its last output: .*the last words$/],
  ])('that %s: the run fails, says why, and resumes without a loss', async (scenario, error) => {
    const run = play(scenario);
    await start(run, programs);
    expect(await ended(run)).toMatch(error);
    await untilNothingRuns(run);
    const written = writtenMetrics(run);
    expect(written.length).toBeGreaterThanOrEqual(8);
    await complete(run, programs);
    expectWhole(run, written);
    await untilNothingRuns(run);
  });

  it('that floods keeps the beginning and the end of its log, and a disk', async () => {
    const run = play('floods and dies');
    writeFileSync(path.join(run.folderOf(), 'output.log'), 'what an attempt before said\n');
    await start(run, programs);
    await ended(run);
    expect(statSync(path.join(run.folderOf(), 'output.log')).size).toBeLessThan(16 * 1024 * 1024);
    const log = run.text('output.log');
    expect(log).toMatch(/^what an attempt before said\n/);
    expect(log).toMatch(/the last words\n$/);
    expect(log.match(/\[dpo-lab has taken out output here/g)).toHaveLength(1);
  });

  it('that is killed takes its children with it', async () => {
    const run = play('has children');
    await start(run, programs);
    await until(() => processesOf(run).others.length === 1);
    kill(processesOf(run).trainer);
    expect(await ended(run)).toMatch(/SIGKILL/);
    await untilNothingRuns(run);
    await complete(run, programs);
    expectWhole(run);
  });

  it('that goes silent goes on as far as anybody knows, until it is stopped', async () => {
    const run = play('goes silent');
    await start(run, programs);
    await atStep(run, 7);
    const { heartbeat = 0 } = (await run.read()).status ?? {};
    await until(async () => ((await run.read()).status?.heartbeat ?? 0) > heartbeat + 2000);
    expect((await run.read()).state).toBe('running');
    await askRun(run.folderOf(), run.runs[0] ?? '', 'kill');
    await ended(run);
    expect(run.lines('events.jsonl').at(-1)?.reason).toMatch(/resumes from its last checkpoint/);
    await untilNothingRuns(run);
    await complete(run, programs);
    expectWhole(run);
  });
});

describe('kill -9', () => {
  it('of job and trainer at once: the children that nobody ended are ended when the run resumes', async () => {
    const run = play('has children');
    await start(run, programs);
    await until(() => processesOf(run).others.length === 1);
    const written = writtenMetrics(run);
    const { job, trainer } = processesOf(run);
    kill([...job, ...trainer]);
    await until(() => processesOf(run).job.length + processesOf(run).trainer.length === 0);
    letTimePass(run);
    expect((await run.read()).state).toBe('interrupted');
    expect(processesOf(run).others).toHaveLength(1);
    await complete(run, programs);
    expectWhole(run, written);
    await untilNothingRuns(run);
  });

  it('of the process group that launched the run changes nothing', async () => {
    const run = play('goes silent');
    const args = [
      programs.launcher,
      programs.node,
      programs.job,
      run.dataFolder,
      run.sweep,
      run.runs[0] ?? '',
    ];
    const launcher = spawn(programs.node, args, { detached: true, stdio: 'ignore' });
    await atStep(run, 7);
    process.kill(-(launcher.pid ?? 0), 'SIGKILL');
    await until(() => processesOf(run).others.length === 0);
    const { heartbeat = 0 } = (await run.read()).status ?? {};
    await until(async () => ((await run.read()).status?.heartbeat ?? 0) > heartbeat);
    // Whoever comes next finds it, and can stop it.
    expect((await listRuns(run.dataFolder)).map(({ state }) => state)).toEqual(['running']);
    await askRun(run.folderOf(), run.runs[0] ?? '', 'stop');
    process.kill(processesOf(run).trainer[0] ?? 0, 'SIGKILL');
    await ended(run);
    expect((await run.read()).state).toBe('stopped');
    await untilNothingRuns(run);
    await complete(run, programs);
    expectWhole(run);
  });

  it('of the job of a trainer that is deaf: the next job ends it before it trains', async () => {
    const run = play('is deaf');
    await start(run, programs);
    await atStep(run, 7);
    const { job, trainer } = processesOf(run);
    kill(job);
    await until(() => processesOf(run).job.length === 0);
    letTimePass(run);
    const next = await run.openJob({ grace: 200 });
    expect(processesOf(run).trainer).toEqual([]);
    expect(isAlive(trainer[0])).toBe(false);
    await next.run();
    expect((await run.read()).state).toBe('completed');
    expectWhole(run);
    await untilNothingRuns(run);
  });
});

/** A small disk of its own for the runs. Only root may mount one, as in the continuous integration. */
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe('a disk', () => {
  it.skipIf(!isRoot)('that is full ends the run in words, and with room it resumes', async () => {
    const run = play('fills the disk');
    const files = ['run.json'].map((name) => [name, run.text(name)] as const);
    const sweep = readFileSync(path.join(run.sweepFolder, 'sweep.json'), 'utf8');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', run.dataFolder]);
    try {
      mkdirSync(run.folderOf(), { recursive: true });
      mkdirSync(run.sweepFolder, { recursive: true });
      for (const [name, text] of files) writeFileSync(path.join(run.folderOf(), name), text);
      writeFileSync(path.join(run.sweepFolder, 'sweep.json'), sweep);
      await start(run, programs);
      await until(() => processesOf(run).trainer.length > 0);
      await until(async () => (await run.read()).state === 'failed');
      expect((await run.read()).status?.error).toMatch(/[Tt]he disk is full.*Free space/);
      await until(() => processesOf(run).trainer.length === 0);
      // The job waits a while for room to write the rest of its events, and ends then.
      rmSync(path.join(run.folderOf(), 'filler'));
      await untilNothingRuns(run);
      expect(run.states()).toEqual(['queued', 'preparing', 'running', 'failed']);
      const written = writtenMetrics(run);
      await complete(run, programs);
      expectWhole(run, written);
      await untilNothingRuns(run);
    } finally {
      kill(Object.values(processesOf(run)).flat());
      await untilNothingRuns(run);
      execFileSync('umount', [run.dataFolder]);
    }
  });
});

describe('a clock that was set back', () => {
  it('does not end a run that goes on, nor keep a dead one alive', async () => {
    const run = play('goes silent');
    await start(run, programs);
    await atStep(run, 7);
    // As if what is written had been written an hour from now.
    letTimePass(run, -3_600_000);
    expect((await run.read()).state).toBe('running');
    const { job, trainer } = processesOf(run);
    kill([...job, ...trainer]);
    await untilNothingRuns(run);
    letTimePass(run, -3_600_000);
    expect((await run.read()).state).toBe('interrupted');
    await complete(run, programs);
    expectWhole(run);
  });

  it('does not keep a run waiting whose job never came', async () => {
    const run = play('steady');
    letTimePass(run, -3_600_000);
    expect((await run.read()).state).toBe('interrupted');
    await complete(run, programs);
    expectWhole(run);
  });
});

describe('two windows', () => {
  it('that resume the same run get one job and one trainer', async () => {
    const run = play('ends without a word');
    await start(run, programs);
    await ended(run);
    await untilNothingRuns(run);
    const both = await Promise.allSettled(
      Array.from({ length: 4 }, () => resume(run.dataFolder, run.runs, programs)),
    );
    // Who comes late is told that the run goes on.
    for (const one of both) if (one.status === 'rejected') expect(String(one.reason)).toMatch(/ is \w+\./);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    await until(async () => (await run.read()).state === 'completed');
    expectWhole(run);
    expect(run.lines('trainer.jsonl').filter(({ kind }) => kind === 'plan')).toHaveLength(2);
    expect(run.states().filter((state) => state === 'queued')).toHaveLength(2);
    await untilNothingRuns(run);
  });
});

describe('a request to stop', () => {
  it('that a dead job did not obey is not meant for the attempt that follows', async () => {
    const run = play('goes silent');
    await start(run, programs);
    await atStep(run, 7);
    const { job, trainer } = processesOf(run);
    kill([...job, ...trainer]);
    await untilNothingRuns(run);
    await askRun(run.folderOf(), run.runs[0] ?? '', 'stop');
    letTimePass(run);
    await complete(run, programs);
    expectWhole(run);
  });

  it('of a run that was deleted meanwhile asks nobody', async () => {
    const run = play('steady');
    letTimePass(run);
    await deleteRun(run.folderOf(), run.runs[0] ?? '');
    await askRun(run.folderOf(), run.runs[0] ?? '', 'stop');
    expect(await listRuns(run.dataFolder)).toEqual([]);
  });
});

describe('deleting', () => {
  it('while others read and watch: they see the run, or that it is gone', async () => {
    const run = play('steady');
    await start(run, programs);
    await until(async () => (await run.read()).state === 'completed');
    await untilNothingRuns(run);
    const [id = ''] = run.runs;
    const told: string[] = [];
    const watch = watchRuns(run.dataFolder, (ids) => told.push(...ids), { interval: 50 });
    await until(() => told.length > 0);
    const reader = new MetricsReader(run.folderOf());
    let isGone = false;
    const states = new Set<string>();
    const reading = (async () => {
      for (let last = false; !last; ) {
        last = isGone;
        await reader.next();
        await newestMetrics(run.folderOf());
        for (const { state } of await listRuns(run.dataFolder)) states.add(state);
        await readRun(run.folderOf(), id);
      }
    })();
    await deleteRun(run.folderOf(), id);
    isGone = true;
    await reading;
    expect([...states].filter((state) => state !== 'completed')).toEqual([]);
    expect(reader.problem).toBeUndefined();
    const before = told.length;
    await until(() => told.length > before || told.filter((one) => one === id).length > 1);
    await watch.close();
    expect(await listRuns(run.dataFolder)).toEqual([]);
    expect(() => statSync(run.sweepFolder)).toThrow(/ENOENT/);
  });
});
