import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One empty file for each job that took charge of a run, named by its number, which only one job can make. */
export const ATTEMPTS = 'attempts';

/** Tells a trainer which attempt at each run it belongs to: `{"<run id>": 3}`. */
export const ATTEMPTS_VARIABLE = 'DPO_LAB_ATTEMPTS';

/**
 * The number of the last attempt; 0 before the first. Opening a folder makes a network file system ask its server, so that
 * a claim of another machine is seen at once.
 *
 * @throws what the file system says
 */
export function lastAttempt(runFolder: string): number {
  return Math.max(0, ...readdirSync(join(runFolder, ATTEMPTS)).map(Number).filter(Number.isSafeInteger));
}

/**
 * The right of one attempt to write into a run's folder. Job and trainer ask before each checkpoint and each end, so that
 * those of an earlier attempt, which was taken for dead while its machine could not be reached, write nothing more.
 */
export class Lease {
  constructor(
    private readonly runFolder: string,
    readonly attempt: number,
  ) {}

  /** Another job has claimed the run. Where that cannot be read, nothing can be written either. */
  get isTaken(): boolean {
    try {
      return lastAttempt(this.runFolder) > this.attempt;
    } catch {
      return false;
    }
  }
}

/** Of a trainer: as its job says, or else the newest attempt. */
export function leaseOf(runFolder: string, id: string): Lease {
  try {
    const said: unknown = JSON.parse(process.env[ATTEMPTS_VARIABLE] ?? '{}')[id];
    return new Lease(runFolder, typeof said === 'number' ? said : lastAttempt(runFolder));
  } catch {
    return new Lease(runFolder, 0);
  }
}
