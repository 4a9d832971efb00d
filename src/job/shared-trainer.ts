import { closeSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import type { SweepFile } from '../core/sweeps/format';
import { openOwn } from '../node/files/own-files';
import { messageOf } from '../node/files/text-files';
import { OutputLog } from './output-log';
import { TrainerProcess } from './trainer-process';

export type TrainerCommand = Pick<SweepFile, 'trainer' | 'environment' | 'launcher'>;

/** What a trainer has to do with an arm. */
export interface TrainedArm {
  readonly id: string;
  /** Number of its job's claim. */
  readonly attempt: number;
  readonly folder: string;
  /** Whether it is trained, or waits for it. */
  readonly isToBeTrained: boolean;
  /** Looks at what is there, before the trainer writes anything. */
  prepare(): Promise<void>;
  /** The trainer will come to it. */
  join(trainer: Trainer): void;
  /** The trainer has come to it. */
  begin(): void;
  /** No trainer could be started. */
  fail(error: string): void;
}

/** A trainer's process, and the arms that it trains one after another. */
export class Trainer {
  private constructor(
    readonly process: TrainerProcess,
    readonly output: OutputLog,
    private readonly arms: readonly TrainedArm[],
    private readonly isLauncher: boolean,
  ) {}

  /** Undefined where it could not be started, which ends the first arm; the others still wait. */
  static async start(
    arms: readonly [TrainedArm, ...TrainedArm[]],
    { trainer: command, environment, launcher = false }: TrainerCommand,
  ): Promise<Trainer | undefined> {
    const [first] = arms;
    for (const arm of arms) await arm.prepare();
    const output = new OutputLog(first.folder);
    try {
      const process = new TrainerProcess({
        command: [...command, ...arms.map(({ folder }) => folder)],
        cwd: first.folder,
        logFile: output.path,
        attempts: Object.fromEntries(arms.map(({ id, attempt }) => [id, attempt])),
        ...(environment && { environment }),
      });
      const trainer = new Trainer(process, output, arms, launcher);
      for (const arm of arms) arm.join(trainer);
      first.begin();
      return trainer;
    } catch (error) {
      first.fail(`The trainer could not be started: ${messageOf(error)}.`);
      return undefined;
    }
  }

  /** Whether it has others to train than this one. */
  hasOthers(arm: TrainedArm): boolean {
    return this.arms.some((other) => other !== arm && other.isToBeTrained);
  }

  /** Whether it would begin arms, behind this one, that nobody wants any more. */
  hasOnlyEndedArms(arm: TrainedArm): boolean {
    return this.arms.at(-1) !== arm && !this.hasOthers(arm);
  }

  /** A signal would end the other arms too, or a launcher before its processes have saved. */
  isStoppedBySignal(arm: TrainedArm): boolean {
    return !this.isLauncher && !this.hasOthers(arm);
  }

  /** Says in the log of an arm where to read what its trainer prints. */
  pointToOutput(arm: TrainedArm): void {
    if (arm === this.arms[0]) return;
    const text = `One process trains several arms. What it prints stands in ${this.output.path}\n`;
    try {
      const file = openOwn(join(arm.folder, RUN_FILES.log), 'append');
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
    } catch {
      // It is a convenience.
    }
  }
}
