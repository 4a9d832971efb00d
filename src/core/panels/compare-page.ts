import type { ShownState } from '../runs/liveness';

/** What the panel that lays runs over one another shows, besides their curves. */
export interface ComparePage {
  readonly kind: 'compare';
  readonly title: string;
  readonly runs: readonly ComparedRun[];
  /** Settings that are not the same in all runs: path, and the value in each run, in the order of `runs`. */
  readonly differences: readonly { readonly setting: string; readonly values: readonly string[] }[];
}

export interface ComparedRun {
  readonly id: string;
  readonly folder: string;
  /** What tells it from the others, such as `beta 0.01, seed 1`. */
  readonly label: string;
  readonly beta: number;
  readonly state: ShownState;
  readonly sentence: string;
}
