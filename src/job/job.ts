import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { completeConfig } from '../core/config/resolved';
import { isLive } from '../core/runs/liveness';
import type { SweepFile } from '../core/sweeps/format';
import { Lease } from '../node/runs/lease';
import { readRun, runFolderOf } from '../node/runs/run-store';
import { readSweep } from '../node/runs/sweep-store';
import { Arm } from './arm';
import { attemptBefore, claim, isBeingClaimed } from './claim';
import { endLeftTrainer } from './leftover';
import { Trainer } from './shared-trainer';
import { summarize } from './summary';

export interface JobSettings {
  /** Milliseconds between two looks at the trainers. */
  readonly interval: number;
  /** Milliseconds that a trainer has to stop. */
  readonly grace: number;
  /** Milliseconds after which it is told that nothing is heard of a trainer. */
  readonly silence: number;
}

/** Milliseconds in which what happened can be written at the end, where the disk is full. */
const TO_SETTLE = 60_000;

/** Runs the arms of a sweep, `sweep.parallel` at a time, and leaves nothing running. */
export class Job {
  readonly #trainers: Trainer[] = [];

  private constructor(
    private readonly sweepFolder: string,
    private readonly dataFolder: string,
    private readonly sweep: SweepFile,
    private readonly arms: readonly Arm[],
    private readonly settings: JobSettings,
  ) {}

  /**
   * Takes charge of runs: from then on their status names this process.
   *
   * @param wanted ids of the arms; all of the sweep where empty
   * @throws FileError where the folder holds no sweep
   */
  static async open(sweepFolder: string, wanted: readonly string[], settings: JobSettings): Promise<Job> {
    const sweep = await readSweep(sweepFolder);
    const dataFolder = dirname(dirname(sweepFolder));
    const arms: Arm[] = [];
    for (const id of wanted.length > 0 ? wanted : sweep.runs) {
      const arm = await takeCharge(dataFolder, id, sweep, settings);
      if (arm) arms.push(arm);
    }
    return new Job(sweepFolder, dataFolder, sweep, arms, settings);
  }

  async run(): Promise<void> {
    try {
      while (this.arms.some((arm) => !arm.isEnded)) {
        for (const arm of this.arms) await arm.tick();
        await this.#startNext();
        await delay(this.settings.interval);
      }
    } finally {
      // Whatever ended the job, nothing is left running.
      for (const { process } of this.#trainers) if (!process.exit) process.kill();
      for (const arm of this.arms) arm.judge?.kill();
    }
    await this.#settle();
  }

  /** What could not be written on a full disk is written when there is space again, if that is soon. */
  async #settle(): Promise<void> {
    const deadline = performance.now() + TO_SETTLE;
    for (;;) {
      for (const arm of this.arms) await arm.tick();
      try {
        await summarize(this.sweepFolder, this.dataFolder, this.sweep);
        if (this.arms.every((arm) => arm.isSettled)) return;
      } catch (error) {
        // Without its folder nobody asks for a summary.
        if (!existsSync(this.sweepFolder)) return;
        if (performance.now() > deadline) throw error;
      }
      if (performance.now() > deadline) return;
      await delay(this.settings.interval);
    }
  }

  /** Asks every arm to stop; none starts any more. */
  stop(reason: string): void {
    // Those that wait first: then no trainer has anything to go on with.
    for (const arm of this.arms.toReversed()) arm.stop(reason);
  }

  /** Ends every trainer without waiting for it. */
  kill(reason: string): void {
    for (const arm of this.arms.toReversed()) arm.kill(reason);
  }

  /**
   * The first arm computes the reference log-probabilities and leaves them in the cache. Others start when that is done,
   * so that it is done once. Arms that are trained together get one trainer, and another one if that died.
   */
  async #startNext(): Promise<void> {
    const { problem } = this.sweep;
    if (problem !== undefined) {
      for (const arm of this.arms) if (!arm.isEnded) arm.fail(problem);
      return;
    }
    for (;;) {
      const running = this.arms.filter((arm) => arm.isStarted && arm.isToBeTrained).length;
      const canShare = running === 0 || this.arms.some((arm) => arm.isPastReference);
      if (running >= Math.max(1, this.sweep.parallel) || !canShare) return;
      const [next, ...others] = this.arms.filter((arm) => !arm.isStarted && !arm.isEnded);
      if (!next) return;
      const trainer = await Trainer.start([next, ...(this.sweep.together ? others : [])], this.sweep);
      if (trainer) this.#trainers.push(trainer);
    }
  }
}

/** Undefined, with a reason in the job's log, where the run cannot be trained or another job trains it. */
async function takeCharge(
  dataFolder: string,
  id: string,
  sweep: SweepFile,
  { grace, silence }: JobSettings,
): Promise<Arm | undefined> {
  const folder = runFolderOf(dataFolder, id);
  const attempt = attemptBefore(folder);
  const { run, status, state, problem } = await readRun(folder, id);
  if (!run || problem !== undefined) {
    process.stderr.write(`${problem ?? `${folder} holds no run`}\n`);
    return undefined;
  }
  if (state === 'completed') {
    // Of two resumes at the same moment, the other one's job has been faster, to the end.
    process.stderr.write(`${id} is completed.\n`);
    return undefined;
  }
  const isTaken = (status?.handle !== undefined && isLive(state)) || isBeingClaimed(folder, attempt);
  if (status && !isTaken) await endLeftTrainer(status, folder, grace);
  if (isTaken || !claim(folder, attempt + 1)) {
    process.stderr.write(`${id} belongs to another job.\n`);
    return undefined;
  }
  const lease = new Lease(folder, attempt + 1);
  const isJudged = completeConfig(run.config)['evaluation.judge.kind'] !== 'none';
  const judge = isJudged ? sweep.judge : undefined;
  const { stopDegenerate } = sweep;
  return new Arm(id, folder, run, lease, { stopDegenerate, grace, silence, ...(judge && { judge }) }, status);
}
