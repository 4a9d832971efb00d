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
  /**
   * @param items at least one
   * @throws TrainingError where the judge cannot be asked, or gives no answers that can be read
   */
  compare(items: readonly JudgedItem[]): Promise<Verdicts>;
}
