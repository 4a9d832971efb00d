import { OWN_REFERENCE_SWEEPS, STRONGER_REFERENCE_SWEEPS } from '../../../src/core/paper/paper';

/** What is true of a beta: its win rate over all trainings and prompts, and how much trainings differ. Shares. */
interface TrueBeta {
  readonly beta: number;
  readonly winRate: number;
  /** Standard deviation between trainings. */
  readonly training: number;
}

export interface TrueCurve {
  readonly name: string;
  /** Largest beta first. */
  readonly betas: readonly TrueBeta[];
}

/** Win rates in percent, and spreads between trainings in points, from the largest beta to the smallest. */
function curve(
  name: string,
  betas: readonly number[],
  rates: readonly number[],
  spreads: readonly number[],
): TrueCurve {
  return {
    name,
    betas: betas.map((beta, index) => ({
      beta,
      winRate: (rates[index] ?? 0) / 100,
      training: (spreads[index] ?? spreads.at(-1) ?? 0) / 100,
    })),
  };
}

const GRID = [0.1, 0.05, 0.02, 0.01, 0.005];

/** The paper's length-controlled win rates, without its degenerate betas: those are past the cliff. */
const PAPER: readonly TrueCurve[] = [...OWN_REFERENCE_SWEEPS, ...STRONGER_REFERENCE_SWEEPS].map(
  ({ policy, reference, winRates }) => {
    const sound = winRates
      .flatMap(({ beta, winRate }) => (winRate === 'degenerate' ? [] : [{ beta, winRate }]))
      .sort((a, b) => b.beta - a.beta);
    return curve(
      `paper: ${policy}${reference === 'same' ? '' : `, ${reference}`}`,
      sound.map(({ beta }) => beta),
      sound.map(({ winRate }) => winRate),
      // The paper has one training a beta: its spread is not known.
      [0.7],
    );
  },
);

/** Goldilocks as measured: 20 answers a prompt from each of 3 to 6 trainings a beta, independent random streams. */
export const CURVES: readonly TrueCurve[] = [
  curve(
    'Goldilocks, 10 betas',
    [5, 2, 1, 0.5, 0.2, 0.1, 0.04, 0.02, 0.008, 0.004],
    [55.7, 59.4, 62.7, 65.4, 66.1, 63.0, 59.0, 38.1, 38.3, 37.6],
    [0.2, 0.4, 0.1, 0.6, 1.2, 4.5, 4.5, 10.8, 6.7, 1.8],
  ),
  curve(
    'Goldilocks, 5 betas',
    [5, 1, 0.2, 0.04, 0.008],
    [55.7, 62.7, 66.1, 59.0, 38.3],
    [0.2, 0.1, 1.2, 4.5, 6.7],
  ),
  curve('flat', GRID, [60, 60, 60, 60, 60], [1]),
  curve('peaked', GRID, [58, 61, 65, 61, 56], [1]),
  curve('best just above the cliff', GRID, [56, 59, 62, 65, 45], [1, 1, 1, 1, 8]),
  curve('best at the largest', GRID, [65, 61, 58, 55, 50], [1]),
  curve('best at the smallest', GRID, [50, 55, 58, 61, 65], [1]),
  curve('all others just too bad', GRID, [57.9, 57.9, 57.9, 60, 57.9], [1]),
  curve('noisy neighbour', GRID, [60, 62.1, 60, 59, 50], [0.5, 5, 0.5, 0.5, 8]),
  ...PAPER,
];
