import { isOrderFlip, type Judgement, outcomeOf } from './judgement';
import { meanOf, standardDeviation } from './win-rate';

/** What a judge's verdicts add up to. Shares, NaN where nothing could be read. */
export interface JudgedTexts {
  /** Mean outcome of the items that have one. */
  readonly winRate: number;
  /** Of the win rate, from the spread of the outcomes over items: sd / sqrt(n), with n - 1 degrees of freedom. */
  readonly standardError: number;
  /** Items with an outcome. */
  readonly count: number;
  /** Items without a verdict in both orders. */
  readonly unread: number;
  /** Share of the items read in which the place decided and not the text. */
  readonly orderFlips: number;
  /** Share of the questions asked twice that got the same answer; NaN where none was. */
  readonly selfAgreement: number;
}

export function judgedTexts(judgements: readonly Judgement[]): JudgedTexts {
  const read = judgements.filter((judgement) => outcomeOf(judgement) !== undefined);
  const outcomes = read.flatMap((judgement) => outcomeOf(judgement) ?? []);
  const asked = judgements.filter(({ again, verdicts: [first] }) => again !== undefined && first !== null);
  return {
    winRate: meanOf(outcomes),
    standardError: standardDeviation(outcomes) / Math.sqrt(outcomes.length),
    count: outcomes.length,
    unread: judgements.length - read.length,
    orderFlips: meanOf(read.map((judgement) => (isOrderFlip(judgement) ? 1 : 0))),
    selfAgreement: meanOf(asked.map(({ again, verdicts: [first] }) => (side(again) === side(first) ? 1 : 0))),
  };
}

/** -1, 0 or 1: which text is preferred; undefined where it could not be read. */
function side(verdict: number | null | undefined): number | undefined {
  return typeof verdict === 'number' ? Math.sign(verdict - 0.5) : undefined;
}

/** The judgements of a file by step, then by item. Later lines replace earlier ones; where several judges spoke, the last one counts. */
export class JudgementsByStep {
  readonly #steps = new Map<number, Map<number, Judgement>>();

  add(judgement: Judgement): void {
    const { step, item, judge, of } = judgement;
    let items = this.#steps.get(step);
    const [other] = items?.values() ?? [];
    if (!items || other?.judge !== judge || other.of !== of) {
      items = new Map();
      this.#steps.set(step, items);
    }
    items.set(item, judgement);
  }

  clear(): void {
    this.#steps.clear();
  }

  /** Ascending. */
  get steps(): number[] {
    return [...this.#steps.keys()].sort((a, b) => a - b);
  }

  of(step: number): Judgement[] {
    return [...(this.#steps.get(step)?.values() ?? [])];
  }

  /** Undefined while texts of this step are still to be judged: a part of them would be another figure. */
  judgedAt(step: number): JudgedTexts | undefined {
    const judgements = this.of(step);
    const [first] = judgements;
    return first && judgements.length >= first.of ? judgedTexts(judgements) : undefined;
  }
}
