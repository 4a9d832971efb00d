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

export interface Verdict {
  /** How far the policy's text is preferred, 0 to 1, shown first and shown second; null where it could not be read. */
  readonly verdicts: readonly [number | null, number | null];
  /** Of both texts, where the judge gives scores. */
  readonly scores?: readonly [number, number];
  /** The first question asked a second time. */
  readonly again?: number | null;
  /** Why a verdict is missing. */
  readonly problem?: string;
}

/** Who decides which of two generated texts is better. */
export interface Judge {
  /** Kind and identity: the same for a judge that would say the same. */
  readonly id: string;
  /** Items that may be under way at the same time. */
  readonly atOnce: number;
  /**
   * @param twice also ask the first question a second time, where the answer may differ
   * @throws JudgeError where the judge cannot be asked
   */
  judge(item: JudgedItem, twice: boolean): Promise<Verdict>;
}

/** A judge's verdict by scores: the higher one wins, whichever text is shown first. */
export function byScores(policy: number, reference: number): Verdict {
  const won = policy > reference ? 1 : policy === reference ? 0.5 : 0;
  return { verdicts: [won, won], scores: [policy, reference] };
}
