import { END_STATES, type RunState, type RunStatus } from './format';

/** Milliseconds after which a silent job of this machine is looked for: it writes every two seconds. */
const SILENT = 15_000;

/** What a job of ours states, and what counts where a status states nothing: attributes on a network mount may be a minute old. */
export const STALE = 120_000;

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
 * `interrupted`: the run has not ended, and what takes care of it is gone, or cannot be checked from here and has not
 * written for as long as it said that it may be silent. A time that lies ahead is no sign of life of a job of this machine:
 * a clock was set back.
 *
 * @param status undefined before the job wrote its first one
 * @param created of the run
 */
export function shownState(status: RunStatus | undefined, created: number, probe: JobProbe): ShownState {
  const state = status?.state ?? 'queued';
  if (END_STATES.has(state)) return state;
  const silent = probe.now - (status?.heartbeat ?? created);
  if (!status) return Math.abs(silent) > SILENT ? 'interrupted' : state;
  const pid = processOn(status, probe.host);
  if (pid !== undefined) return Math.abs(silent) > SILENT && !probe.isAlive(pid) ? 'interrupted' : state;
  // Another host's clock may be ahead: a run that continues must not be resumed beside itself.
  return silent > (status.stale ?? STALE) ? 'interrupted' : state;
}

/** Process id of the job, where its handle names one of this host. */
export function processOn({ handle }: RunStatus, host: string): number | undefined {
  return handle?.kind === 'process' && handle.host === host && typeof handle.pid === 'number'
    ? handle.pid
    : undefined;
}

/** Whether a job cares for the run. */
export function isLive(state: ShownState): boolean {
  return state !== 'interrupted' && state !== 'unreadable' && !END_STATES.has(state);
}
