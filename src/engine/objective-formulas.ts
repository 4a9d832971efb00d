/**
 * Objectives on preference pairs, as scalar functions of the difference of log-ratios
 *
 *     delta = (log pi(y+) - log ref(y+)) - (log pi(y-) - log ref(y-))     in nats
 *
 * pi is the policy, ref the reference, y+ the chosen and y- the rejected response. The reference is whatever number
 * stands there: the conditional log-probability (DPO), the prior one, or zero (posterior probability) give the three
 * rewards of arXiv 2407.13709. What TRL computes under the same name is computed here.
 */
export const OBJECTIVES = ['sigmoid', 'hinge', 'ipo', 'robust'] as const;
export type Objective = (typeof OBJECTIVES)[number];

export interface ObjectiveSettings {
  /** Strength of the constraint to the reference, above 0. */
  readonly beta: number;
  /** Assumed share of pairs whose label is wrong, from 0 to below 0.5. Only sigmoid and robust use it. */
  readonly labelSmoothing: number;
}

export interface ObjectiveValue {
  readonly loss: number;
  /** d loss / d delta */
  readonly derivative: number;
}

/** Log-probabilities of one pair, in nats: sums over response tokens, or means where an objective wants those. */
export interface PairLogps {
  readonly chosen: number;
  readonly rejected: number;
}

/** The difference of log-ratios. */
export function logRatioDifference(policy: PairLogps, reference: PairLogps): number {
  return policy.chosen - reference.chosen - (policy.rejected - reference.rejected);
}

/** 1 / (1 + exp(-x)) */
function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** -log sigmoid(x), exact for large |x|, too. */
export function negativeLogSigmoid(x: number): number {
  return Math.max(0, -x) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Loss of a pair and its derivative. */
export function objectiveValue(
  objective: Objective,
  delta: number,
  settings: ObjectiveSettings,
): ObjectiveValue {
  const { beta, labelSmoothing } = settings;
  const margin = beta * delta;
  switch (objective) {
    case 'sigmoid':
      return sigmoidObjective(margin, beta, labelSmoothing);
    case 'hinge':
      return { loss: Math.max(0, 1 - margin), derivative: margin < 1 ? -beta : 0 };
    case 'ipo':
      return ipoObjective(delta, beta);
    case 'robust':
      return robustObjective(margin, beta, labelSmoothing);
  }
}

/**
 * -log sigmoid(margin) (Rafailov et al., arXiv 2305.18290, equation 7); with label smoothing e the mean over labels
 * that are flipped with probability e, "conservative DPO": -(1 - e) log sigmoid(margin) - e log sigmoid(-margin).
 */
function sigmoidObjective(margin: number, beta: number, smoothing: number): ObjectiveValue {
  return {
    loss: (1 - smoothing) * negativeLogSigmoid(margin) + smoothing * negativeLogSigmoid(-margin),
    derivative: beta * (sigmoid(margin) - (1 - smoothing)),
  };
}

/**
 * (delta - 1 / (2 beta))^2 (Azar et al., arXiv 2310.12036, equation 17), where log-probabilities are means over
 * response tokens, as TRL and the paper's authors advise.
 */
function ipoObjective(delta: number, beta: number): ObjectiveValue {
  const distance = delta - 1 / (2 * beta);
  return { loss: distance ** 2, derivative: 2 * distance };
}

/**
 * The unbiased estimate of the loss under clean labels (Chowdhury et al., arXiv 2403.00409, equation 12):
 * (-(1 - e) log sigmoid(margin) + e log sigmoid(-margin)) / (1 - 2 e).
 */
function robustObjective(margin: number, beta: number, smoothing: number): ObjectiveValue {
  const scale = 1 / (1 - 2 * smoothing);
  return {
    loss: scale * ((1 - smoothing) * negativeLogSigmoid(margin) - smoothing * negativeLogSigmoid(-margin)),
    derivative: scale * beta * (-(1 - smoothing) * sigmoid(-margin) - smoothing * sigmoid(margin)),
  };
}
