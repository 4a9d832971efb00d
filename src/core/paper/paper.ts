/**
 * The measurements this tool leans on: Liu, Liu and Cohan, "Understanding Reference Policies in Direct Preference
 * Optimization" (arXiv 2407.13709). AlpacaEval 2 length-controlled win rate, in percent; higher is better.
 */

export const PAPER = 'arXiv 2407.13709';

/** `degenerate`: the trained model's texts no longer ended, so no win rate was measured. */
type WinRate = number | 'degenerate';

export interface BetaSweep {
  readonly policy: string;
  /** `same` is the starting policy itself. */
  readonly reference: string;
  /** Whether both come from the same pre-trained family. */
  readonly sameFamily: boolean;
  readonly winRates: readonly { readonly beta: number; readonly winRate: WinRate }[];
}

/** RQ1: the starting policy as reference. */
export const OWN_REFERENCE_SWEEPS: readonly BetaSweep[] = [
  sweep('mistral-7b-sft', 'same', true, { 0.1: 14.03, 0.05: 13.29, 0.02: 16.06, 0.01: 16.25, 0.005: 12.36 }),
  sweep('tulu-2-7b', 'same', true, { 0.1: 9.38, 0.05: 9.96, 0.02: 10.46, 0.01: 7.86, 0.005: 'degenerate' }),
];

/** RQ3: a stronger model as reference. */
export const STRONGER_REFERENCE_SWEEPS: readonly BetaSweep[] = [
  sweep('mistral-7b-sft', 'Mistral-7B-Instruct-v0.2', true, {
    10: 18.74,
    1: 20.25,
    0.1: 19.58,
    0.01: 17.18,
    0.005: 15.34,
  }),
  sweep('mistral-7b-sft', 'Llama-3-70B-Instruct', false, {
    10: 13.29,
    1: 9.59,
    0.1: 10.99,
    0.01: 15.37,
    0.005: 11.7,
  }),
  sweep('tulu-2-7b', 'Mistral-7B-Instruct-v0.2', false, {
    10: 7.61,
    1: 7.85,
    0.1: 'degenerate',
    0.01: 'degenerate',
    0.005: 'degenerate',
  }),
  sweep('tulu-2-7b', 'Llama-3-70B-Instruct', false, {
    10: 9.79,
    1: 11.17,
    0.1: 10.31,
    0.01: 9.16,
    0.005: 3.29,
  }),
];

/** RQ2: mistral-7b-sft, each reward at its own best beta. */
export const REWARDS = [
  { reward: 'DPO', winRate: 16.25, beta: 0.01 },
  { reward: 'likelihood (prior reference)', winRate: 13.63, beta: 0.01 },
  { reward: 'posterior probability (no reference)', winRate: 12.84, beta: 100 },
] as const;

/** The grid of RQ1: evenly spaced in the logarithm around the best values. */
export const OWN_REFERENCE_GRID: readonly number[] = [0.1, 0.05, 0.02, 0.01, 0.005];
/** Around a stronger reference the best beta lay between 0.01 and 1. */
export const STRONGER_REFERENCE_GRID: readonly number[] = [0.01, 0.1, 1, 10];

function sweep(
  policy: string,
  reference: string,
  sameFamily: boolean,
  winRates: Record<number, WinRate>,
): BetaSweep {
  const rows = Object.entries(winRates).map(([beta, winRate]) => ({ beta: Number(beta), winRate }));
  return { policy, reference, sameFamily, winRates: rows.sort((a, b) => b.beta - a.beta) };
}

/** A sweep as one line: `0.1: 14.03, 0.05: 13.29, ...`. */
export function sweepInWords({ winRates }: BetaSweep): string {
  return winRates.map(({ beta, winRate }) => `${beta}: ${winRate}`).join(', ');
}
