import type { MetricValues } from '../runs/format';

/** The files of a sweep folder, as `docs/RUN_FORMAT.md` specifies them. A single run is a sweep of one arm. */
export const SWEEP_FILES = { sweep: 'sweep.json', summary: 'summary.json', log: 'job.log' } as const;

/** `sweep.json`: what one job does. Written by the launcher. */
export interface SweepFile {
  readonly format: number;
  readonly id: string;
  readonly created: number;
  /** Absolute. */
  readonly configFile: string;
  /** Ids of the arms, in the order in which they start. */
  readonly runs: readonly string[];
  /** Arms at a time. */
  readonly parallel: number;
  /** Stop an arm whose texts no longer end. */
  readonly stopDegenerate: boolean;
  /** Program and first arguments of the trainer; the run folder is appended. Empty where there is a `problem`. */
  readonly trainer: readonly string[];
  /** Program and first arguments of the judge; the run folder is appended. Absent where nothing is judged. */
  readonly judge?: readonly string[];
  /** Why no trainer can be started, as the launcher found it: the arms fail with this sentence. */
  readonly problem?: string;
  /** What the trainer needs beside the environment of the job. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One process trains the arms in turn: all their folders are appended. */
  readonly together?: boolean;
  /** The program starts the processes that train. A signal would end it before they have saved, so it gets none. */
  readonly launcher?: boolean;
}

/** `summary.json`: how the arms ended. Written by the job when none of them goes on. */
export interface SweepSummary {
  readonly format: number;
  readonly id: string;
  readonly ended: number;
  readonly runs: readonly ArmSummary[];
}

export interface ArmSummary {
  readonly id: string;
  readonly beta: number;
  readonly seed: number;
  /** Absent in a summary of an older version. */
  readonly learningRate?: number;
  /** As in `status.json`, `interrupted` or `unreadable`. */
  readonly state: string;
  readonly step: number;
  readonly totalSteps?: number;
  readonly error?: string;
  /** The newest values. */
  readonly train: MetricValues;
  readonly eval: MetricValues;
  readonly alarms: readonly { readonly code: string; readonly severity: string; readonly step: number }[];
}
