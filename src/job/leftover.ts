import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunStatus } from '../core/runs/format';
import { isSurelyProcess } from '../node/processes/process-check';
import { signalGroup } from '../node/processes/process-group';
import { carriesMark, endMarked } from './marked-processes';

/** Milliseconds that a left trainer has to end by itself, at most: who resumes the run waits for it. */
const LONGEST_GRACE = 20_000;

/**
 * Ends the trainer of a job that was killed, and what that trainer started. It notices by itself that its job is gone,
 * but two trainers must never write into one folder. Other processes that were given the same ids meanwhile are let alone,
 * and where it cannot be told which one it is, so is the trainer. The ids stand in a file that others may have written, so
 * that only what carries the mark of that job in its environment is ended.
 *
 * @param status the last one that the killed job wrote
 * @param grace milliseconds that a trainer has to stop
 */
export async function endLeftTrainer(
  { handle, host, trainer }: RunStatus,
  runFolder: string,
  grace: number,
): Promise<void> {
  const job = handle?.kind === 'process' && handle.host === host ? handle.pid : undefined;
  if (trainer === undefined || typeof job !== 'number' || host !== hostname()) return;
  const isLeft = (): boolean => isSurelyProcess(trainer, runFolder) && carriesMark(trainer, job);
  if (isLeft()) {
    signalGroup(trainer, 'SIGTERM');
    const deadline = performance.now() + Math.min(grace, LONGEST_GRACE);
    while (isLeft() && performance.now() < deadline) await delay(100);
    // Where there are groups, this ends what it has left behind, which keeps the group's id from being given again.
    if (process.platform !== 'win32' || isLeft()) signalGroup(trainer, 'SIGKILL');
  }
  endMarked({ job, trainer, runFolder });
}
