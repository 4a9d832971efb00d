import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunStatus } from '../core/runs/format';
import { signalGroup } from '../node/process-group';
import { isProcess } from '../node/process-sight';

/** Milliseconds that a left trainer has to end by itself, at most: who resumes the run waits for it. */
const LONGEST_GRACE = 20_000;

/**
 * Ends the trainer of a job that was killed, and what that trainer started. It notices by itself that its job is gone,
 * but two trainers must never write into one folder. Other processes that were given the same ids meanwhile are let alone.
 *
 * @param status the last one that the killed job wrote
 * @param grace milliseconds that a trainer has to stop
 */
export async function endLeftTrainer(
  { pid: job, trainer }: RunStatus,
  runFolder: string,
  grace: number,
): Promise<void> {
  if (trainer === undefined) return;
  if (isProcess(trainer, runFolder)) {
    signalGroup(trainer, 'SIGTERM');
    const deadline = performance.now() + Math.min(grace, LONGEST_GRACE);
    while (isProcess(trainer, runFolder) && performance.now() < deadline) await delay(100);
    signalGroup(trainer, 'SIGKILL');
  } else if (job !== undefined && hasOrphans(trainer, job)) {
    signalGroup(trainer, 'SIGKILL');
  }
}

/**
 * Whether processes that a trainer started outlived it: of its group, and with the job's mark in their environment. Only
 * Linux tells; elsewhere the answer is no.
 */
function hasOrphans(trainer: number, job: number): boolean {
  if (process.platform !== 'linux' || !signalGroup(trainer, 0)) return false;
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      // The name of the program, in brackets, may hold anything; state, parent and group follow.
      const [, , group] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      if (Number(group) !== trainer) return false;
      return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(`DPO_LAB_JOB=${job}`);
    } catch {
      return false; // It has ended, or is somebody else's.
    }
  });
}
