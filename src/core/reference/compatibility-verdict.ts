import { STRONGER_REFERENCE_GRID, STRONGER_REFERENCE_SWEEPS } from '../paper/paper';
import { bestOf, bestWithOwnReference } from '../paper/win-rates';
import { count, listed, percent } from '../words/counts';
import type { ComparedModel, Compatibility } from './compatibility';

/** What the comparison comes to, in words. */
export interface Verdict {
  readonly verdict: 'compatible' | 'doubtful' | 'incompatible';
  /** Sentences, the weightiest first. */
  readonly reasons: readonly string[];
  /** What to do about beta, and about the reference where it does not fit. */
  readonly advice: readonly string[];
}

/*
 * Where a reference stops to fit is not measured anywhere: the paper has four pairs of models. These limits are
 * proposals, chosen so that its same-family pair passes and pure chance does not.
 */

/** Rank correlation of the margins per token: that of sums is high for any two models, because of the lengths. */
const UNRELATED = 0.2;
const LOOSELY_RELATED = 0.5;
/** The reference ranks so many fewer pairs as labelled than the policy: share of pairs. */
const RANKS_WORSE = 0.05;
/** With fewer, the standard error of a share is above 9 %. */
const FEW_PAIRS = 30;

/** A finding against a reference, and how much it weighs. */
interface Doubt {
  readonly weight: 1 | 2;
  readonly reason: string;
}

/** One light doubt makes a reference doubtful; a heavy one, or two light ones, make it incompatible. */
export function judgeCompatibility(comparison: Compatibility): Verdict {
  const doubts = doubtsAbout(comparison);
  const weight = doubts.reduce((sum, doubt) => sum + doubt.weight, 0);
  const verdict = weight === 0 ? 'compatible' : weight === 1 ? 'doubtful' : 'incompatible';
  const few = comparison.pairs < FEW_PAIRS;
  return {
    verdict,
    reasons: [
      ...(weight === 0 ? [praise(comparison)] : []),
      ...doubts.sort((a, b) => b.weight - a.weight).map(({ reason }) => reason),
      ...(few ? [`These are only ${count(comparison.pairs, 'pair')}, so the figures are rough.`] : []),
    ],
    advice: [...aboutReference(verdict), aboutBeta(comparison, verdict), ...aboutSaturation(comparison)],
  };
}

function doubtsAbout(comparison: Compatibility): Doubt[] {
  const { policy, reference, rankCorrelationPerToken: correlation, sameFamily } = comparison;
  const doubts: Doubt[] = [];
  if (correlation === undefined || correlation < UNRELATED) {
    doubts.push({
      weight: 2,
      reason: `Its margins per token have nothing to do with the policy's (rank correlation ${inWords(correlation)}): it would pull every pair in a direction of its own.`,
    });
  } else if (correlation < LOOSELY_RELATED) {
    doubts.push({
      weight: 1,
      reason: `Its margins per token follow the policy's only loosely (rank correlation ${inWords(correlation)}).`,
    });
  }
  if (!sameFamily) doubts.push({ weight: 1, reason: otherFamily(comparison) });
  if (reference.rankedAsLabelled < policy.rankedAsLabelled - RANKS_WORSE) {
    doubts.push({
      weight: 1,
      reason: `It ranks fewer pairs as labelled (${percent(reference.rankedAsLabelled)}) than the policy does itself (${percent(policy.rankedAsLabelled)}): on these pairs it is no stronger.`,
    });
  }
  return doubts;
}

function otherFamily({ policy, reference, tokenizerOverlap }: Compatibility): string {
  const foreign = STRONGER_REFERENCE_SWEEPS.filter((pair) => !pair.sameFamily);
  const lost = foreign.filter((pair) => bestOf(pair).winRate < (bestWithOwnReference(pair)?.winRate ?? 0));
  const evidence = `in the paper, references of another family did worse than the policy as its own reference in ${lost.length} of ${foreign.length} pairs`;
  if (policy.family !== undefined && policy.family === reference.family) {
    return `Both are of the ${policy.family} architecture, but the reference has only ${percent(tokenizerOverlap ?? 0)} of the policy's tokens, so their pre-training differs; ${evidence}.`;
  }
  const unknown = [policy, reference].filter(({ family }) => family === undefined);
  if (unknown.length > 0) {
    return `Whether both are of one family cannot be told for ${listed(unknown.map(({ name }) => name))}; ${evidence}.`;
  }
  return `It is of another family (${familyOf(reference)}, the policy is ${familyOf(policy)}); ${evidence}.`;
}

function praise({ policy, rankCorrelationPerToken, reference }: Compatibility): string {
  return `Both are of one family (${familyOf(policy)}), their margins per token agree (rank correlation ${inWords(rankCorrelationPerToken)}), and the reference ranks ${percent(reference.rankedAsLabelled)} of the pairs as labelled, the policy ${percent(policy.rankedAsLabelled)}.`;
}

function aboutReference(verdict: Verdict['verdict']): string[] {
  if (verdict === 'compatible') return [];
  return verdict === 'doubtful'
    ? ['Train the same file with reference.policy: same beside it, to compare with.']
    : ["Use reference.policy: same, or a stronger model of the policy's own family."];
}

function aboutBeta({ nearest }: Compatibility, verdict: Verdict['verdict']): string {
  const best = bestOf(nearest);
  const own = bestWithOwnReference(nearest);
  const order = verdict === 'compatible' ? '' : ' Begin with the large ones: small ones degenerate earlier.';
  return `Sweep beta over ${STRONGER_REFERENCE_GRID.join(', ')}.${order} In the paper's nearest pair, ${nearest.policy} with ${nearest.reference}, the best beta was ${best.beta} (win rate ${best.winRate} %, against ${own?.winRate} % at ${own?.beta} with itself as reference).`;
}

function aboutSaturation({ saturation, largestUnsaturatedBeta }: Compatibility): string[] {
  const saturated = saturation.filter(({ share }) => share > 0.5);
  const first = saturated[0];
  if (!first || largestUnsaturatedBeta === undefined) return [];
  const betas = listed(saturated.map(({ beta }) => String(beta)));
  return [
    `At beta ${betas} more than half of the pairs start saturated, with a reward margin beyond 5 (at ${first.beta}: ${percent(first.share)}, and ${percent(first.won)} count as won before the first step, so they hardly train). Up to ${roundedDown(largestUnsaturatedBeta)} at most half do.`,
  ];
}

function inWords(correlation: number | undefined): string {
  return correlation?.toFixed(2) ?? 'none';
}

function familyOf({ family, name }: ComparedModel): string {
  return family ?? name;
}

/** Two significant digits, never above the value. */
function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.floor(value / unit) * unit).toPrecision(2));
}
