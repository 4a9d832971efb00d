/** A rule of a judge that reads texts by patterns. `docs/JUDGE.md` describes the file that rules come from. */
export interface TextRule {
  /** The rule applies to prompts in which this is found; absent, to every prompt. */
  readonly prompt?: RegExp;
  readonly what: CountRule | EndedRule;
  /** For each that is counted, or each by which the count misses the target; negative for what a text should not do. */
  readonly points: number;
}

export interface CountRule {
  readonly kind: 'count';
  readonly pattern: RegExp;
  readonly counting: Counting;
  /** More than so many count as so many. */
  readonly atMost?: number;
  /** Not the count itself but its distance from this gives the points. */
  readonly target?: number;
}

interface EndedRule {
  readonly kind: 'ended';
  /** The points go to texts that end by themselves, or to those that do not. */
  readonly ended: boolean;
}

/** All matches; different ones; or those that are equal to a match before. */
export const COUNTINGS = ['all', 'distinct', 'repeats'] as const;
export type Counting = (typeof COUNTINGS)[number];

/**
 * The points of a text: the sum over the rules that apply to its prompt.
 *
 * @param ended whether the text ended by itself, and not at the limit of its length
 */
export function scoreText(rules: readonly TextRule[], prompt: string, text: string, ended: boolean): number {
  return rules
    .filter((rule) => !rule.prompt || prompt.search(rule.prompt) >= 0)
    .reduce((sum, { what, points }) => sum + points * amountOf(what, text, ended), 0);
}

function amountOf(what: TextRule['what'], text: string, ended: boolean): number {
  if (what.kind === 'ended') return ended === what.ended ? 1 : 0;
  const count = countOf(what, text);
  if (what.target !== undefined) return Math.abs(count - what.target);
  return Math.min(count, what.atMost ?? count);
}

/** Empty matches are none. */
function countOf({ pattern, counting }: CountRule, text: string): number {
  const matches = (text.match(pattern) ?? []).filter((match) => match !== '');
  if (counting === 'all') return matches.length;
  const distinct = new Set(matches).size;
  return counting === 'distinct' ? distinct : matches.length - distinct;
}

/** Share of pairs of scores in which the first is higher; ties count half. NaN without any. */
export function winRate(scores: readonly number[], against: readonly number[]): number {
  const won = scores.reduce((sum, score, index) => {
    const other = against[index] ?? Number.NaN;
    return sum + (score > other ? 1 : score === other ? 0.5 : 0);
  }, 0);
  return won / scores.length;
}
