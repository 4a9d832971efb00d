import type { ArmOutcomes } from './decision/outcomes';
import type { ArmSummary } from './format';

/** An arm, with what its answers were judged to be. */
export interface JudgedArm extends ArmSummary {
  /** Absent where nobody judged single answers. */
  readonly outcomes?: ArmOutcomes['outcomes'] | undefined;
}
