import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../src/core/runs/format';
import { endLeftTrainer } from '../../src/job/leftover';

const RUN = '/data of a test/runs/20261101-000000-beta0.1-aaaa';
/** A job that is long gone. */
const JOB = 2 ** 22 + 1;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Leads a group of its own, as a trainer does. */
async function leader(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', '--', ...args], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, DPO_LAB_JOB: String(JOB) },
  });
  started.push(child);
  await once(child, 'spawn');
  return child;
}

const statusOf = ({ pid = 0 }: ChildProcess): RunStatus =>
  ({ state: 'running', step: 1, pid: JOB, trainer: pid }) as RunStatus;

describe.skipIf(process.platform !== 'linux')('what a killed job has left', () => {
  it('is ended where it is the trainer of this run', async () => {
    const trainer = await leader(RUN);
    const exit = once(trainer, 'exit');
    await endLeftTrainer(statusOf(trainer), RUN, 5000);
    expect(await exit).toEqual([null, 'SIGTERM']);
  });

  it('is let alone where another run has a trainer with the same ids', async () => {
    const other = await leader(RUN.replace('aaaa', 'bbbb'));
    await endLeftTrainer(statusOf(other), RUN, 0);
    const exit = once(other, 'exit');
    other.kill('SIGINT');
    // It had to be asked: nothing else has ended it before.
    expect(await exit).toEqual([null, 'SIGINT']);
  });
});
