import type { Handle } from '../../../core/runs/format';

/** What a launcher starts: a job for runs of one sweep. */
export interface JobStart {
  /** Node, or a program that behaves like it. */
  readonly node: string;
  /** Path of the bundled `job.js`. */
  readonly program: string;
  readonly dataFolder: string;
  readonly sweep: string;
  readonly runs: readonly string[];
}

/** `unknown`: it cannot be checked from here. */
export type JobSight = 'alive' | 'gone' | 'unknown';

/**
 * A place where jobs run: this machine, or a cluster. One whose jobs wait in a queue writes the first `status.json` of each
 * run itself, with the state `queued`, a handle of its own kind, and in `stale` how long the run may wait.
 */
export interface Launcher {
  /** The kind of its handles. */
  readonly kind: Handle['kind'];
  /**
   * Starts a job that outlives this process, and waits until it has taken charge of its runs, or until it waits in a queue.
   *
   * @throws FileError where it could not be started
   */
  start(job: JobStart): Promise<void>;
  /** Whether the job of a handle is still there. Never throws. */
  look(handle: Handle, sweep: string): Promise<JobSight>;
  /** Ends the job of a handle, and with it its trainers. Nothing happens where it cannot be told which one it is. */
  kill(handle: Handle, sweep: string): Promise<void>;
}
