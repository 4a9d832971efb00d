import type { Environment } from '../../node/hub/hub-cache';

/** Where a config lives and where what is computed for it is kept. */
export interface Place {
  /** Folder of the config file: relative paths start here. */
  readonly baseFolder: string;
  /** `.dpo`, absolute. */
  readonly dataFolder: string;
  readonly env: Environment;
  /** What templates write where they write the date: `data.date`, or the day on which the run was made. */
  readonly date?: string;
}

/** Called with a share of something countable, often. */
export type Progress = (done: number, total: number) => void;
