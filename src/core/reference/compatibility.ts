import { nearestPairOf } from '../paper/nearest-pair';
import type { BetaSweep } from '../paper/paper';
import { rankCorrelation } from './rank-correlation';

/** A response under one model, in that model's own tokens. */
export interface ScoredResponse {
  /** Nats, summed over the response. */
  readonly logp: number;
  readonly tokens: number;
}

export interface ScoredSides {
  readonly chosen: ScoredResponse;
  readonly rejected: ScoredResponse;
}

export interface ComparedPair {
  readonly policy: ScoredSides;
  readonly reference: ScoredSides;
}

export interface ComparedModel {
  /** As the config names it. */
  readonly name: string;
  /** Undefined where neither the name nor the architecture tells. */
  readonly family: string | undefined;
}

export interface Comparison {
  readonly pairs: readonly ComparedPair[];
  readonly policy: ComparedModel;
  readonly reference: ComparedModel;
  /** Betas that are to be trained. */
  readonly betas: readonly number[];
  /** The objective takes means over tokens instead of sums. */
  readonly byToken: boolean;
  /** Share of the policy's vocabulary that the reference has, too, from 0 to 1. */
  readonly tokenizerOverlap?: number;
}

/** How well a reference fits a policy, told before training. Shares are from 0 to 1. */
export interface Compatibility {
  readonly pairs: number;
  readonly policy: ModelView;
  readonly reference: ModelView;
  /** Spearman's, of the two models' margins; absent where one of them does not tell the pairs apart. */
  readonly rankCorrelation?: number;
  /**
   * The same of margins between means over tokens. Sums follow the lengths of responses, so that even models without
   * any likeness agree in them; means do not.
   */
  readonly rankCorrelationPerToken?: number;
  readonly tokenizerOverlap?: number;
  readonly sameFamily: boolean;
  /** Nats (per token where the objective is): the mean over pairs of the policy's margin minus the reference's. */
  readonly baselineMargin: number;
  readonly saturation: readonly Saturation[];
  /** The largest beta at which at most half of the pairs start saturated; absent where no beta saturates so many. */
  readonly largestUnsaturatedBeta?: number;
  readonly nearest: BetaSweep;
}

export interface ModelView extends ComparedModel {
  /** Share of pairs whose chosen response is the likelier one, ties half. */
  readonly rankedAsLabelled: number;
  /** Nats: over all tokens of all responses. */
  readonly logpPerToken: number;
}

/** Pairs that start where the sigmoid is flat: |beta * margin| > 5, the margin being policy minus reference. */
export interface Saturation {
  readonly beta: number;
  readonly share: number;
  /** The part with a large positive margin: these count as won from the start and hardly train. */
  readonly won: number;
}

/** At a reward margin of 5 the gradient of the sigmoid loss is 0.7 % of its full size. */
const SATURATED = 5;

/** Families of one name share a tokenizer, give or take added tokens. */
const SAME_TOKENIZER = 0.9;

/** Compares the two models' scores of the same pairs, at least one, as they are before the first step. */
export function compareModels(comparison: Comparison): Compatibility {
  const { pairs, policy, reference, betas, byToken, tokenizerOverlap } = comparison;
  const marginOf = byToken ? tokenMargin : sumMargin;
  const policyMargins = pairs.map((pair) => marginOf(pair.policy));
  const referenceMargins = pairs.map((pair) => marginOf(pair.reference));
  const differences = policyMargins.map((margin, index) => margin - (referenceMargins[index] ?? 0));
  const correlation = rankCorrelation(policyMargins, referenceMargins);
  const perToken = rankCorrelation(
    pairs.map((pair) => tokenMargin(pair.policy)),
    pairs.map((pair) => tokenMargin(pair.reference)),
  );
  const limit = SATURATED / lowerMedian(differences.map(Math.abs));
  return {
    pairs: pairs.length,
    policy: {
      ...policy,
      ...view(
        pairs.map((pair) => pair.policy),
        policyMargins,
      ),
    },
    reference: {
      ...reference,
      ...view(
        pairs.map((pair) => pair.reference),
        referenceMargins,
      ),
    },
    ...(correlation !== undefined && { rankCorrelation: correlation }),
    ...(perToken !== undefined && { rankCorrelationPerToken: perToken }),
    ...(tokenizerOverlap !== undefined && { tokenizerOverlap }),
    sameFamily:
      policy.family !== undefined &&
      policy.family === reference.family &&
      (tokenizerOverlap ?? 1) >= SAME_TOKENIZER,
    baselineMargin: mean(differences),
    saturation: betas.map((beta) => ({
      beta,
      share: mean(differences.map((difference) => (Math.abs(beta * difference) > SATURATED ? 1 : 0))),
      won: mean(differences.map((difference) => (beta * difference > SATURATED ? 1 : 0))),
    })),
    ...(Number.isFinite(limit) && { largestUnsaturatedBeta: limit }),
    nearest: nearestPairOf(policy.family, reference.family),
  };
}

function sumMargin({ chosen, rejected }: ScoredSides): number {
  return chosen.logp - rejected.logp;
}

function tokenMargin({ chosen, rejected }: ScoredSides): number {
  return chosen.logp / chosen.tokens - rejected.logp / rejected.tokens;
}

function view(
  scores: readonly ScoredSides[],
  margins: readonly number[],
): Pick<ModelView, 'rankedAsLabelled' | 'logpPerToken'> {
  const responses = scores.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  const sum = (value: (response: ScoredResponse) => number): number =>
    responses.reduce((total, response) => total + value(response), 0);
  return {
    rankedAsLabelled: mean(margins.map((margin) => (margin === 0 ? 0.5 : margin > 0 ? 1 : 0))),
    logpPerToken: sum(({ logp }) => logp) / sum(({ tokens }) => tokens),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value that at most half of the values exceed. */
function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(values.length / 2) - 1] ?? 0;
}
