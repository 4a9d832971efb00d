import type { Alarm } from '../runs/alarm';
import type { ShownState } from '../runs/liveness';
import type { WayOut } from './ways-out';

export const RUN_ACTIONS = [
  'stop',
  'resume',
  'open',
  'inspect',
  'showDifference',
  'report',
  'showLog',
  'reveal',
  'delete',
] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

/** A label and what it says, such as `beta` and `0.01`. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** More of it, shown on demand. */
  readonly more?: string;
}

/** What the live panel shows of a run, besides curves, texts and log. */
export interface RunPage {
  readonly kind: 'run';
  readonly id: string;
  readonly folder: string;
  /** `goldilocks, beta 0.1`. */
  readonly title: string;
  readonly state: ShownState;
  /** The state as a sentence. */
  readonly sentence: string;
  /** What became of it and what to do next; empty where there is nothing to say. */
  readonly next: string;
  readonly beta: number;
  readonly step: number;
  readonly totalSteps?: number;
  /** Such as beta, reference, device: most important first. */
  readonly facts: readonly Fact[];
  /** Oldest first. */
  readonly alarms: readonly Alarm[];
  /** Of each kind of alarm, what the next run may do otherwise. */
  readonly waysOut?: Readonly<Record<string, readonly WayOut[]>>;
  /** Steps with a checkpoint. */
  readonly checkpoints: readonly number[];
  /** What the trainer warned of. */
  readonly warnings: readonly string[];
  /** What can be done with the run now. */
  readonly actions: readonly RunAction[];
  /** The file that it was started from; undefined where that is not known. */
  readonly config?: string;
  /** The sweep that it is an arm of, where that has more arms. */
  readonly sweep?: string;
}
