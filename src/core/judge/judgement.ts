/** A line of `judgements.jsonl`: what a judge said of one pair of texts. Written by the judge's program. */
export interface Judgement {
  readonly kind: 'judgement';
  readonly time: number;
  /** Optimizer steps done when the texts were generated. */
  readonly step: number;
  /** Place of the texts among those of the step, from 0. */
  readonly item: number;
  /** How many the step has. */
  readonly of: number;
  /** Who judged: kind and identity. What another judge said is not mixed with it. */
  readonly judge: string;
  /** Of prompt and both texts: what has been judged once is not judged again. */
  readonly texts: string;
  /**
   * How far the policy's text is preferred, 0 to 1, with it shown first and with it shown second. Null where no verdict
   * could be read.
   */
  readonly verdicts: readonly [number | null, number | null];
  /** Unicode code points of the policy's text and the reference's. */
  readonly lengths: readonly [number, number];
  /** Of both texts, where the judge gives scores. */
  readonly scores?: readonly [number, number];
  /** The first question asked a second time, to see whether the judge agrees with itself. */
  readonly again?: number | null;
  /** Why a verdict is missing. */
  readonly problem?: string;
}

/** A line that says why texts were not judged. The next evaluation tries again. */
export interface JudgeFailure {
  readonly kind: 'failed';
  readonly time: number;
  readonly message: string;
}

export function isJudgement(value: unknown): value is Judgement {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Readonly<Record<string, unknown>>;
  return (
    line.kind === 'judgement' &&
    [line.step, line.item, line.of].every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    typeof line.judge === 'string' &&
    typeof line.texts === 'string' &&
    isPair(line.verdicts, isVerdict) &&
    isPair(line.lengths, isNumber) &&
    (line.scores === undefined || isPair(line.scores, isNumber)) &&
    (line.again === undefined || isVerdict(line.again))
  );
}

export function isJudgeFailure(value: unknown): value is JudgeFailure {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, message } = value as Readonly<Record<string, unknown>>;
  return kind === 'failed' && typeof message === 'string';
}

/**
 * How far the policy's text wins, 0 to 1: the mean of both orders, where the judge says how sure it is; where it only names
 * a text, a half unless it names the same one both times. Undefined without a verdict in both orders: a half would count
 * for both sides what nobody has judged.
 */
export function outcomeOf({ verdicts: [first, second] }: Pick<Judgement, 'verdicts'>): number | undefined {
  if (first === null || second === null) return undefined;
  if (isPlain(first) && isPlain(second)) return first === second ? first : 0.5;
  return (first + second) / 2;
}

/** Whether the text shown first, or the one shown second, won both times. */
export function isOrderFlip({ verdicts: [first, second] }: Pick<Judgement, 'verdicts'>): boolean {
  return first !== null && second !== null && (first - 0.5) * (second - 0.5) < 0;
}

function isPlain(verdict: number): boolean {
  return verdict === 0 || verdict === 0.5 || verdict === 1;
}

function isVerdict(value: unknown): boolean {
  return value === null || (isNumber(value) && Number(value) >= 0 && Number(value) <= 1);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPair(value: unknown, isRight: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isRight);
}
