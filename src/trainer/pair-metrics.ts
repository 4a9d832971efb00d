import type { MetricName } from '../core/runs/format';
import { type Objective, objectiveValue } from '../engine/objective-formulas';

/** The objective of a run, as the config has it. */
export interface RunObjective {
  readonly loss: Objective;
  readonly beta: number;
  readonly labelSmoothing: number;
  readonly lengthNormalized: boolean;
  /** Weight of the SFT term, in nats per token of the chosen response. */
  readonly sftWeight: number;
}

/** One response under policy and reference. */
export interface ResponseScore {
  /** Nats, summed over response tokens. */
  readonly policy: number;
  /** Nats, summed; 0 without a reference. */
  readonly reference: number;
  /** Response tokens under the policy's tokenizer. */
  readonly tokens: number;
  /** Response tokens under the reference's tokenizer. */
  readonly referenceTokens: number;
}

export interface PairScore {
  readonly chosen: ResponseScore;
  readonly rejected: ResponseScore;
}

/**
 * What is reported of a set of pairs: means over the pairs. Rewards are beta times the log-ratio, summed over tokens, or
 * the mean over tokens where the objective is length-normalised. A pair whose rewards are equal counts half for accuracy.
 * The loss is left to the caller where it was computed already.
 */
export function pairMetrics(
  pairs: readonly PairScore[],
  { beta, lengthNormalized }: RunObjective,
): Partial<Record<MetricName, number>> {
  const logRatio = ({ policy, reference, tokens, referenceTokens }: ResponseScore): number =>
    lengthNormalized ? policy / tokens - reference / referenceTokens : policy - reference;
  const chosen = mean(pairs, (pair) => logRatio(pair.chosen));
  const rejected = mean(pairs, (pair) => logRatio(pair.rejected));
  return {
    reward_chosen: beta * chosen,
    reward_rejected: beta * rejected,
    reward_margin: beta * (chosen - rejected),
    accuracy: mean(pairs, (pair) => win(logRatio(pair.chosen), logRatio(pair.rejected))),
    log_ratio_chosen: chosen,
    log_ratio_rejected: rejected,
    log_ratio_margin: chosen - rejected,
    logp_chosen: mean(pairs, (pair) => pair.chosen.policy),
    logp_rejected: mean(pairs, (pair) => pair.rejected.policy),
  };
}

/**
 * The loss that training minimises, on pairs that were only scored: the mean over pairs of the preference loss, plus the
 * SFT term, `sftWeight` times the mean over all chosen tokens of -log p.
 */
export function preferenceLoss(pairs: readonly PairScore[], objective: RunObjective): number {
  const byToken = objective.lengthNormalized || objective.loss === 'ipo';
  const logRatio = ({ policy, reference, tokens, referenceTokens }: ResponseScore): number =>
    byToken ? policy / tokens - reference / referenceTokens : policy - reference;
  const preference = mean(
    pairs,
    (pair) => objectiveValue(objective.loss, logRatio(pair.chosen) - logRatio(pair.rejected), objective).loss,
  );
  return objective.sftWeight === 0 ? preference : preference + objective.sftWeight * sftLoss(pairs);
}

/** The mean of -log p over all tokens of the chosen responses, in nats. */
export function sftLoss(pairs: readonly PairScore[]): number {
  const tokens = pairs.reduce((sum, { chosen }) => sum + chosen.tokens, 0);
  return -pairs.reduce((sum, { chosen }) => sum + chosen.policy, 0) / tokens;
}

export function mean<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}

function win(a: number, b: number): number {
  return a === b ? 0.5 : a > b ? 1 : 0;
}
