import type { BetaResponse } from '../analysis/beta-response';
import type { ShownState } from '../runs/liveness';

/** What the sweep panel shows. */
export interface SweepPage {
  readonly kind: 'sweep';
  readonly id: string;
  readonly title: string;
  /** `3 of 5 arms completed, about 4 min left.` */
  readonly sentence: string;
  readonly config: string;
  readonly response: BetaResponse;
  readonly arms: readonly SweepArm[];
}

export interface SweepArm {
  readonly id: string;
  readonly folder: string;
  readonly beta: number;
  readonly seed: number;
  readonly state: ShownState;
  readonly sentence: string;
}
