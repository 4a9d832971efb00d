import { END_STATES, type RunState, type RunStatus } from './format';

/** Milliseconds after which a silent job is suspected to be dead; it writes every two seconds. */
const STALE = 15_000;

/**
 * A run's state as readers report it. A job that died without writing an end leaves an interrupted run; `unreadable` is one
 * whose folder or files cannot be used.
 */
export type ShownState = RunState | 'interrupted' | 'unreadable';

/** What is known of the job that wrote a status. */
export interface JobProbe {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly host: string;
  /** Whether the job's process is there; asked only for a job of this host. */
  isAlive(pid: number): boolean;
}

/**
 * `interrupted`: the run has not ended, the job has not written for a while, and its process is gone or, on another
 * host, cannot be seen. A time that lies ahead by more than that is no sign of life either: a clock was set back.
 *
 * @param status undefined before the job wrote its first one
 * @param created of the run
 */
export function shownState(status: RunStatus | undefined, created: number, sight: JobProbe): ShownState {
  const state = status?.state ?? 'queued';
  if (END_STATES.has(state)) return state;
  const silent = sight.now - (status?.heartbeat ?? created);
  if (!status) return Math.abs(silent) > STALE ? 'interrupted' : state;
  if (status.pid !== undefined && status.host === sight.host) {
    return Math.abs(silent) > STALE && !sight.isAlive(status.pid) ? 'interrupted' : state;
  }
  // The other host's clock may be ahead: a run that goes on must not be resumed beside itself.
  return silent > STALE ? 'interrupted' : state;
}

/** Whether a job cares for the run. */
export function isLive(state: ShownState): boolean {
  return state !== 'interrupted' && state !== 'unreadable' && !END_STATES.has(state);
}
