import {
  type BetaSweep,
  OWN_REFERENCE_GRID,
  OWN_REFERENCE_SWEEPS,
  REWARDS,
  STRONGER_REFERENCE_GRID,
  STRONGER_REFERENCE_SWEEPS,
} from '../../core/paper/paper';
import { type Answer, type Choice, pick, type Question } from './quick-pick';

type Betas = 'sweep' | number;

/** Asks for beta: a sweep, or one value. What is worth trying depends on the reference. */
export function pickBeta(question: Question, reference: string | undefined): Promise<Answer<Betas>> {
  return pick(question, choicesFor(reference), typedBeta);
}

function choicesFor(reference: string | undefined): Choice<Betas>[] {
  if (reference === 'none') {
    const [, , none] = REWARDS;
    return [single(none.beta, `The best without a reference in the paper: ${none.winRate} % win rate.`)];
  }
  if (reference === 'same') {
    return [
      sweep(OWN_REFERENCE_GRID, 'One run for each, to see where quality peaks and where texts stop ending.'),
      ...bestOf(OWN_REFERENCE_SWEEPS, ({ policy }) => policy),
      single(0.1, 'What most recipes copy; never the best in the paper.'),
    ];
  }
  return [
    sweep(
      STRONGER_REFERENCE_GRID,
      'One run for each: with another model as reference the best is rarely known.',
    ),
    ...bestOf(STRONGER_REFERENCE_SWEEPS, (pair) => `${pair.policy} with ${pair.reference}`),
  ];
}

function sweep(grid: readonly number[], why: string): Choice<Betas> {
  return {
    label: `Sweep ${grid.join(', ')}`,
    description: 'recommended',
    detail: why,
    icon: 'graph-line',
    value: 'sweep',
  };
}

function single(beta: number, why: string): Choice<Betas> {
  return { label: String(beta), detail: why, icon: 'symbol-number', value: beta };
}

/** The betas that were best for some pair of models, with the pairs. */
function bestOf(sweeps: readonly BetaSweep[], name: (sweep: BetaSweep) => string): Choice<Betas>[] {
  const pairs = new Map<number, string[]>();
  for (const pair of sweeps) {
    const measured = pair.winRates.flatMap(({ beta, winRate }) =>
      winRate === 'degenerate' ? [] : [{ beta, winRate }],
    );
    const [best] = measured.sort((a, b) => b.winRate - a.winRate);
    if (best) pairs.set(best.beta, [...(pairs.get(best.beta) ?? []), name(pair)]);
  }
  return [...pairs].map(([beta, names]) => single(beta, `The best in the paper for ${names.join('; ')}.`));
}

function typedBeta(text: string): Choice<Betas> | undefined {
  const beta = Number(text);
  return Number.isFinite(beta) && beta > 0
    ? { label: text, description: 'one value, as typed', icon: 'edit', value: beta }
    : undefined;
}
