import type { Config } from '../../core/config/option-types';
import type { Place } from '../models/place';
import { TrainingError } from '../training-error';

/** A text that a judge sees. */
export interface JudgedText {
  readonly text: string;
  /** False where it reached the limit of its length. */
  readonly ended: boolean;
}

export interface JudgedItem {
  readonly prompt: string;
  readonly policy: JudgedText;
  readonly reference: JudgedText;
}

export interface Verdicts {
  /** One an item, where the judge gives scores. */
  readonly policyScores?: readonly number[];
  readonly referenceScores?: readonly number[];
  /** Share of items in which the policy's text is better; ties count half. */
  readonly winRate: number;
}

/** Who decides which of two generated texts is better. */
export interface Judge {
  compare(items: readonly JudgedItem[]): Promise<Verdicts>;
}

/** The judge of a config; undefined for `none`. */
export async function openJudge(config: Config, _place: Place): Promise<Judge | undefined> {
  const kind = config['evaluation.judge.kind'];
  if (kind === 'none') return undefined;
  throw new TrainingError(`evaluation.judge.kind ${kind} is not offered yet. Write none.`);
}
