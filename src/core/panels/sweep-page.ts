import { runName } from '../runs/run-snapshot';
import { meanDuration } from '../runs/time-left';
import { type BetaResponse, betaResponse } from '../sweeps/beta-response';
import { decisionSettings } from '../sweeps/decision-settings';
import { type PaperContext, paperContext } from './paper-context';
import { type SweepAnswer, sweepAnswer } from './sweep-answer';
import { type ArmDetails, byBetaAndSeed, type SweepArm, summaryOf, sweepArm } from './sweep-arm';
import { sweepSentence } from './sweep-progress';

/** Metrics whose curves a sweep panel gets of every arm. */
export const FOLLOWED = ['loss', 'log_ratio_margin', 'eos_drift', 'generated_length'] as const;
export type FollowedMetric = (typeof FOLLOWED)[number];

/** What the sweep panel shows. */
export interface SweepPage {
  readonly kind: 'sweep';
  readonly id: string;
  /** `goldilocks, beta sweep`. */
  readonly title: string;
  /** `3 of 5 arms done, 1 running, about 4 min left.` */
  readonly sentence: string;
  /** The config file; undefined where no arm can be read. */
  readonly config: string | undefined;
  readonly answer: SweepAnswer;
  readonly response: BetaResponse;
  /** Largest beta first, then by seed. */
  readonly arms: readonly SweepArm[];
  readonly paper: PaperContext | undefined;
}

export interface KnownSweep {
  readonly id: string;
  /** Of the sweep, and of others with the same settings; at least one. */
  readonly arms: readonly ArmDetails[];
  /** Arms whose folders are not there any more. */
  readonly deleted: number;
}

export function sweepPageOf({ id, arms: unsorted, deleted }: KnownSweep): SweepPage {
  const arms = unsorted.toSorted(byBetaAndSeed);
  const run = arms.find((arm) => arm.run)?.run;
  const response = betaResponse(
    arms.flatMap(summaryOf),
    decisionSettings(
      arms.map((arm) => arm.run),
      meanDuration(arms),
    ),
  );
  return {
    kind: 'sweep',
    id,
    title: run ? `${runName(run)}, beta sweep` : id,
    sentence: sweepSentence(arms, deleted),
    config: run?.configFile,
    answer: sweepAnswer(response, arms),
    response,
    arms: arms.map((arm) => sweepArm(arm, response)),
    paper: run && paperContext(run),
  };
}
