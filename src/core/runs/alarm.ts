import type { Config } from '../config/config';
import { fromJsonNumber, METRICS, type MetricName, type MetricsLine } from './format';

/** Something that goes wrong in a run. It is reported again when it has become worse. */
export interface Alarm {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly step: number;
  readonly message: string;
  /** The figures it was raised for, as they were then, and what they were measured on. */
  readonly split?: MetricsLine['split'];
  readonly values?: MetricsLine['values'];
  /** The optimizer step at which it had passed. Absent while it stands. */
  readonly cleared?: number;
}

/** That an alarm has passed. */
export interface Cleared extends Pick<Alarm, 'code' | 'severity' | 'step'> {
  /** The step at which it was raised. */
  readonly raised: number;
}

export type AlarmChange = ({ readonly kind: 'alarm' } & Alarm) | ({ readonly kind: 'cleared' } & Cleared);

/** What a detector sees in a line that is not as it should be. */
export interface Finding extends Pick<Alarm, 'code' | 'severity' | 'message'> {
  /** How bad, above 0. One that is half as bad again is reported again; without it none is. */
  readonly level?: number;
  /** The figures it is about. */
  readonly about?: readonly MetricName[];
}

/** Numbers of a line; NaN for one that was not measured. */
export type Measured = (name: MetricName) => number;

/**
 * Watches one kind of trouble. Lines come in the order of the file. `well`: what it watches was measured, and is as it
 * should be; undefined: the line says nothing about it.
 */
export type AlarmDetector = (line: MetricsLine, value: Measured) => Finding | 'well' | undefined;

export interface AlarmContext {
  /** What is not known of it is absent. */
  readonly config: Partial<Config>;
  /** Optimizer steps of the whole run, as far as they are known. */
  totalSteps(): number | undefined;
  /** What the run computes on, in words, as far as its plan was read. */
  device?(): string | undefined;
  /** Held-out pairs, as far as the run's plan was read. */
  evalPairs?(): number | undefined;
}

interface Described {
  readonly code: string;
  readonly severity: string;
}

/** The policy's texts no longer end: nothing that follows will be usable. */
export function isDegenerate({ code, severity }: Described): boolean {
  return code === 'RUN006' && severity === 'error';
}

/** Alarms that have not passed. */
export function standing<T extends Pick<Alarm, 'cleared'>>(alarms: readonly T[]): T[] {
  return alarms.filter(({ cleared }) => cleared === undefined);
}

/** With a line of the job: a report of the same kind replaces the one before it. */
export function afterChange(alarms: readonly Alarm[], change: AlarmChange): Alarm[] {
  if (change.kind === 'cleared')
    return alarms.map((alarm) =>
      isSame(alarm, change) && alarm.cleared === undefined ? { ...alarm, cleared: change.step } : alarm,
    );
  const { kind: _, ...alarm } = change;
  return [...alarms.filter((other) => !isSame(other, alarm) || other.cleared !== undefined), alarm];
}

function isSame(a: Described, b: Described): boolean {
  return a.code === b.code && a.severity === b.severity;
}

/** The newest values of a run. */
export type Newest = Partial<Record<MetricsLine['split'], MetricsLine['values']>>;

/** `Now: ended 0.79 (0.91 when raised).`; empty where none of its figures was measured again. */
export function figuresNow(
  { split, values = {}, cleared }: Pick<Alarm, 'split' | 'values' | 'cleared'>,
  newest: Newest,
): string {
  if (cleared !== undefined) return `It had passed by step ${cleared}.`;
  const now = split && newest[split];
  const parts = (Object.keys(METRICS) as MetricName[]).flatMap((name) => {
    const [then, since] = [fromJsonNumber(values[name]), fromJsonNumber(now?.[name])];
    if (!Number.isFinite(then) || !Number.isFinite(since)) return [];
    return [`${name.replaceAll('_', ' ')} ${short(since)} (${short(then)} when raised)`];
  });
  return parts.length === 0 ? '' : `Now: ${parts.join(', ')}.`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
