import { isLive } from './liveness';
import type { RunOverview } from './run-snapshot';

type Arm = Pick<RunOverview, 'state' | 'status'>;

/**
 * Milliseconds until the last arm of one launch has ended: of those that train, and of those that wait for them, at the
 * pace of their fellows. Undefined where that cannot be told yet.
 */
export function timeLeft(arms: readonly Arm[]): number | undefined {
  const training = arms.filter(({ state }) => isLive(state) && state !== 'queued');
  const remaining = training.flatMap(({ status }) => status?.remaining ?? []);
  const waiting = arms.filter(({ state }) => state === 'queued').length;
  const each = meanDuration(arms);
  if (remaining.length === 0 || (waiting > 0 && each === undefined)) return undefined;
  return Math.max(...remaining) + (waiting * (each ?? 0)) / training.length;
}

/** Milliseconds that a completed arm took; before there is one, that those will take that train. */
export function meanDuration(arms: readonly Arm[]): number | undefined {
  const took = (state: Arm['state'], lasts: (status: NonNullable<Arm['status']>) => number) =>
    arms.flatMap((arm) => {
      const duration = arm.state === state && arm.status ? lasts(arm.status) : Number.NaN;
      return Number.isFinite(duration) ? [duration] : [];
    });
  const completed = took(
    'completed',
    ({ started, ended }) => (ended ?? Number.NaN) - (started ?? Number.NaN),
  );
  const known =
    completed.length > 0
      ? completed
      : took(
          'running',
          ({ started, heartbeat, remaining }) =>
            heartbeat - (started ?? Number.NaN) + (remaining ?? Number.NaN),
        );
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
