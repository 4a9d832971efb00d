import type { Config } from '../config/config';
import type { MetricName, MetricsLine } from './format';

/** Something that goes wrong in a run, told once. */
export interface Alarm {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly step: number;
  readonly message: string;
}

/** Numbers of a line; NaN for one that was not measured. */
export type Measured = (name: MetricName) => number;

/** Watches one kind of trouble. Lines come in the order of the file. */
export type AlarmDetector = (line: MetricsLine, value: Measured) => Omit<Alarm, 'step'> | undefined;

export interface AlarmContext {
  /** What is not known of it is absent. */
  readonly config: Partial<Config>;
  /** Optimizer steps of the whole run, as far as they are known. */
  totalSteps(): number | undefined;
  /** What the run computes on, in words, as far as its plan was read. */
  device?(): string | undefined;
}

interface Described {
  readonly code: string;
  readonly severity: string;
}

/** The policy's texts no longer end: nothing that follows will be usable. */
export function isDegenerate({ code, severity }: Described): boolean {
  return code === 'RUN006' && severity === 'error';
}
