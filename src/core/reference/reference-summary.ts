/** What is said of a reference table: figures over its pairs, as `dpo-lab reference` shows them. */

/** A response under the reference, in the reference's own tokens. */
export interface SummarizedResponse {
  /** Nats, summed over the response. */
  readonly logp: number;
  readonly tokens: number;
  /** log p of the end-of-sequence token after the response, in nats; NaN where it is not known. */
  readonly endLogp: number;
  /** Whether the response has that token; one that was cut has lost it. Undefined where it is not known. */
  readonly ended?: boolean;
}

export interface SummarizedPair {
  readonly chosen: SummarizedResponse;
  readonly rejected: SummarizedResponse;
}

export interface ReferenceSummary {
  readonly pairs: number;
  /** Share of pairs whose chosen response is the likelier one, from 0 to 1, ties half. */
  readonly rankedAsLabelled: number;
  readonly chosen: SideSummary;
  readonly rejected: SideSummary;
}

export interface SideSummary {
  /** Nats: over all tokens of these responses. */
  readonly logpPerToken: number;
  /** Nats: the mean over responses of log p(end of sequence) after them. Absent where it is not known. */
  readonly endLogp?: number;
  /** Share of responses without that token, from 0 to 1. Absent where it is not known. */
  readonly withoutEnd?: number;
  /** Tokens of the longest response. */
  readonly longest: number;
}

/** @param pairs at least one */
export function summarizeReference(pairs: readonly SummarizedPair[]): ReferenceSummary {
  const ranked = pairs.map(({ chosen, rejected }) => 0.5 * (1 + Math.sign(chosen.logp - rejected.logp)));
  return {
    pairs: pairs.length,
    rankedAsLabelled: mean(ranked),
    chosen: summarizeSide(pairs.map(({ chosen }) => chosen)),
    rejected: summarizeSide(pairs.map(({ rejected }) => rejected)),
  };
}

function summarizeSide(responses: readonly SummarizedResponse[]): SideSummary {
  const endLogp = mean(responses.map((response) => response.endLogp));
  const known = responses.flatMap(({ ended }) => ended ?? []);
  return {
    logpPerToken: mean(responses.map(({ logp }) => logp)) / mean(responses.map(({ tokens }) => tokens)),
    ...(Number.isFinite(endLogp) && { endLogp }),
    ...(known.length > 0 && { withoutEnd: mean(known.map((ended) => (ended ? 0 : 1))) }),
    longest: responses.reduce((most, { tokens }) => Math.max(most, tokens), 0),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
