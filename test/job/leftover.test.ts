import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunStatus } from '../../src/core/runs/format';
import { endLeftTrainer } from '../../src/job/leftover';
import { signalGroup } from '../../src/node/processes/process-group';

const RUN = '/data of a test/runs/20261101-000000-beta0.1-aaaa';
/** A job that is long gone. */
const JOB = 2 ** 22 + 1;

const started: ChildProcess[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Leads a group of its own, as a trainer does. */
async function leader(
  args: readonly string[],
  mark: string | undefined = String(JOB),
): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', '--', ...args], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, DPO_LAB_JOB: mark },
  });
  started.push(child);
  await once(child, 'spawn');
  return child;
}

const status = (trainer: number, job: number): RunStatus => ({
  format: 2,
  state: 'running',
  step: 1,
  heartbeat: 0,
  host: hostname(),
  handle: { kind: 'process', pid: job, host: hostname() },
  trainer,
});
const statusOf = ({ pid = 0 }: ChildProcess): RunStatus => status(pid, JOB);

describe.skipIf(process.platform !== 'linux')('what a killed job has left', () => {
  it('is ended where it is the trainer of this run', async () => {
    const trainer = await leader([RUN]);
    const exit = once(trainer, 'exit');
    await endLeftTrainer(statusOf(trainer), RUN, 5000);
    expect(await exit).toEqual([null, 'SIGTERM']);
  });

  it('is let alone where another run has a trainer with the same ids', async () => {
    const other = await leader([RUN.replace('aaaa', 'bbbb')]);
    await endLeftTrainer(statusOf(other), RUN, 0);
    const exit = once(other, 'exit');
    other.kill('SIGINT');
    // It had to be asked: nothing else has ended it before.
    expect(await exit).toEqual([null, 'SIGINT']);
  });

  it.each(['another', ''])('is let alone where it carries the mark %j', async (mark) => {
    const other = await leader([RUN], mark);
    await endLeftTrainer(statusOf(other), RUN, 0);
    const exit = once(other, 'exit');
    other.kill('SIGINT');
    expect(await exit).toEqual([null, 'SIGINT']);
  });
});

describe('a status that names processes that no job starts', () => {
  it.each([1, 0, -1, -process.pid, Number.NaN, 1.5])(
    'signals none where its trainer is %d',
    async (trainer) => {
      const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
      await endLeftTrainer(status(trainer, 1), '', 0);
      for (const signal of ['SIGTERM', 'SIGKILL', 0] as const) signalGroup(trainer, signal);
      expect(kill.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([]);
    },
  );
});
