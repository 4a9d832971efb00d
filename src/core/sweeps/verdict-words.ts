import { listed } from '../words/counts';
import { decimal, percent } from '../words/numbers';
import type { BetaRow } from './beta-row';
import type { Doubt, Proof } from './decision/decide';

/** Why no beta is taken. */
export interface Doubted {
  readonly doubt: Doubt;
  /** Percentage points. */
  readonly tolerance: number;
  readonly chances: readonly { readonly beta: number; readonly chance: number }[];
  readonly prompts: number;
}

export function proofWords(
  { beta, winRate, from, to, losesAtMost, prompts }: Proof,
  tolerance: number,
  seeds: number,
  edge: 'largest' | 'smallest' | undefined,
): string {
  const claim =
    losesAtMost === 0
      ? `Beta ${decimal(beta)} is better than every other beta tried, with 95 % confidence.`
      : `Beta ${decimal(beta)} loses at most ${points(losesAtMost)} to any other beta tried, with 95 % confidence (tolerance: ${decimal(tolerance)}).`;
  const figure = `Its win rate is ${percent(winRate)} (${percent(from)} to ${percent(to)}) on ${prompts} held-out prompts, which had no part in the choice, over ${seeds} seeds.`;
  const beyond = edge
    ? `It is the ${edge} beta tried: a ${edge === 'largest' ? 'larger' : 'smaller'} one was not compared.`
    : '';
  return [claim, figure, NOISE, beyond].filter((words) => words !== '').join(' ');
}

const NOISE =
  'How much trainings differ is estimated from all betas together, because few seeds of one cannot show it.';

export function doubtWords({ doubt, tolerance, chances, prompts }: Doubted): string {
  const why: Readonly<Record<Doubt, string>> = {
    'no outcomes': 'No answers were judged.',
    'one beta': 'One beta says nothing about others.',
    'one seed': 'One seed of each beta cannot show how much trainings differ.',
    'few prompts': `${prompts} judged prompts are too few to choose a beta and to prove it: judge at least ten.`,
    'not shown': `No beta is shown to lose less than ${decimal(tolerance)} points to every other.`,
  };
  if (doubt === 'one beta' || chances.length === 0) return why[doubt];
  const open = chances.map(({ beta, chance }) => `${decimal(beta)} (${percent(chance)})`);
  return `${why[doubt]} Not excluded, with the chance to be the best: beta ${listed(open)}.`;
}

/**
 * What one seed of each beta shows.
 *
 * @param rates win rates on the prompts that all answered: shares, at least two betas
 * @param open betas that are not clearly behind
 */
export function oneSeedWords(
  rates: readonly { readonly beta: number; readonly winRate: number }[],
  open: readonly number[],
  prompts: number,
): string {
  const [first, ...others] = rates.toSorted((a, b) => b.winRate - a.winRate);
  if (!first) return '';
  const named = (list: typeof rates): string =>
    listed(list.map(({ beta, winRate }) => `${decimal(beta)} (${percent(winRate)})`));
  const near = others.filter(({ beta }) => open.includes(beta));
  const behind = others.filter(({ beta }) => !open.includes(beta));
  return [
    `Highest win rate: beta ${decimal(first.beta)}, ${percent(first.winRate)} on ${prompts} prompts, with one seed.`,
    ...(near.length > 0
      ? [
          `Another training of the same beta gives another figure, and one seed cannot show by how much: it may be no better than beta ${named(near)}.`,
        ]
      : ['No beta is taken before a second seed has shown how much trainings differ.']),
    ...(behind.length > 0 ? [`Clearly lower: beta ${named(behind)}.`] : []),
  ].join(' ');
}

/** Shown, with the reason why it does not decide. */
export function accuracyWords(betas: readonly BetaRow[]): string {
  const measured = betas.filter(({ accuracy }) => Number.isFinite(accuracy));
  const [first, ...others] = measured;
  if (!first) return '';
  const best = others.reduce((top, row) => (row.accuracy > top.accuracy ? row : top), first);
  return `Held-out accuracy (highest at beta ${decimal(best.beta)}, ${percent(best.accuracy)}) does not decide: it ranks answers that are given, and may rise while the answers that the policy writes get worse.`;
}

/** A share as percentage points. */
export function points(share: number): string {
  const value = 100 * share;
  const text = value < 10 ? value.toFixed(1) : String(Math.round(value));
  return `${text} ${text === '1.0' ? 'point' : 'points'}`;
}
