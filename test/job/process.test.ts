import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Programs } from '../../src/node/launch/launch-plan';
import { localLauncher } from '../../src/node/launch/launchers/local';
import { resume } from '../../src/node/launch/resume';
import { deleteRun } from '../../src/node/runs/delete-run';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';
import { isAlive, type Stage, stage, TRAINER, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const built = temporaryFolder();
const programs: Programs = {
  node: process.execPath,
  job: path.join(built, 'job.js'),
  onnxTrainer: TRAINER,
  judge: '',
  command: '',
  allowKey: async () => false,
  torch: { wheel: '', python: '', activePython: async () => undefined },
  versions: {},
};

beforeAll(() => buildPrograms(built, 'job'));

const start = (play: Stage): Promise<void> =>
  localLauncher.start({
    ...programs,
    program: programs.job,
    dataFolder: play.dataFolder,
    sweep: play.sweep,
    runs: play.runs,
  });
const jobOf = async (play: Stage): Promise<number> => Number((await play.read()).status?.handle?.pid);
/** As if the job had been silent for longer than readers wait. */
function letTimePass(play: Stage): void {
  const file = path.join(play.folderOf(), 'status.json');
  const status = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...status, heartbeat: status.heartbeat - 60_000 }));
}
const stepsOf = (play: Stage): unknown[] => play.lines('metrics.jsonl').map(({ step }) => step);

describe('the job as a process', () => {
  it('is found to be gone when it was killed, and the run resumes from its checkpoint', async () => {
    const play = stage(['goes on and on']);
    await start(play);
    await until(async () => ((await play.read()).status?.step ?? 0) > 7);
    const trainer = play.pid('trainer.pid');
    process.kill(await jobOf(play), 'SIGKILL');
    await until(async () => !isAlive(await jobOf(play)));
    expect((await play.read()).state).toBe('running');
    letTimePass(play);
    expect((await play.read()).state).toBe('interrupted');

    await resume(play.dataFolder, play.runs, programs);
    await until(async () => (await play.read()).state === 'completed');
    // The trainer that the killed job had left is gone, and has written nothing into what followed.
    expect(isAlive(trainer)).toBe(false);
    const steps = stepsOf(play);
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(steps.length).toBeGreaterThanOrEqual(20);
    await until(() => !isAlive(play.pid('trainer.pid')));
  });

  it('stops and resumes without losing or repeating a step', async () => {
    const play = stage(['goes on and on']);
    await start(play);
    await until(async () => ((await play.read()).status?.step ?? 0) > 7);
    process.kill(await jobOf(play), 'SIGTERM');
    await until(async () => (await play.read()).state === 'stopped');
    await resume(play.dataFolder, play.runs, programs);
    await until(async () => (await play.read()).state === 'completed');
    const steps = stepsOf(play);
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(play.states().filter((state) => state === 'queued')).toHaveLength(2);
  });

  it('ends a deaf trainer at the second signal', async () => {
    const play = stage(['is deaf']);
    await start(play);
    await until(async () => (await play.read()).status?.step === 2);
    const job = await jobOf(play);
    process.kill(job, 'SIGTERM');
    await until(async () => (await play.read()).state === 'stopping');
    process.kill(job, 'SIGINT');
    await until(async () => (await play.read()).state === 'stopped');
    expect(isAlive(play.pid('trainer.pid'))).toBe(false);
    await until(() => !isAlive(job));
  });

  it('refuses what cannot be resumed or deleted', async () => {
    const play = stage(['goes on and on']);
    const [id = ''] = play.runs;
    await start(play);
    await until(async () => (await play.read()).state === 'running');
    await expect(resume(play.dataFolder, [id], programs)).rejects.toThrow(/is running/);
    await expect(deleteRun(play.folderOf(), id)).rejects.toThrow(/Stop it before/);
    const job = await jobOf(play);
    process.kill(job, 'SIGTERM');
    await until(() => !isAlive(job));
    await resume(play.dataFolder, [id], programs);
    await until(async () => (await play.read()).state === 'completed');
    await expect(resume(play.dataFolder, [id], programs)).rejects.toThrow(/nothing to resume/);
    await deleteRun(play.folderOf(), id);
    expect(play.text('run.json')).toBe('');
  });

  it('ends with its trainer when the folders are deleted under it', async () => {
    const play = stage(['goes silent']);
    await start(play);
    await until(async () => (await play.read()).status?.step === 2);
    const [job, trainer] = [await jobOf(play), play.pid('trainer.pid')];
    // The job may write while this deletes.
    rmSync(play.dataFolder, { recursive: true, maxRetries: 10 });
    await until(() => !isAlive(job) && !isAlive(trainer));
  });

  it('says why it did not start', async () => {
    const play = stage(['completes']);
    writeFileSync(path.join(play.sweepFolder, 'sweep.json'), '{}');
    await expect(start(play)).rejects.toThrow(/did not start: .*sweep\.json describes no sweep/);
  });
});
