import { listed } from '../words/counts';
import { decimal, percent } from '../words/numbers';
import { type BetaRow, betaRow, hasBrokenOff } from './beta-row';
import { isSound } from './beta-zones';
import { decide, openBetas, type Proof } from './decision/decide';
import { outcomeTable } from './decision/outcomes';
import type { JudgedArm } from './judged-arm';
import { points } from './verdict-words';

/** A beta with a learning rate. */
export interface RateCell {
  readonly beta: number;
  readonly learningRate: number;
  readonly seeds: number;
  /** Shares; NaN where it was not measured. */
  readonly winRate: number;
  /** Nats a token, policy to reference; NaN where it was not measured. */
  readonly kl: number;
  /** Why its texts are broken, in words; undefined where they are not. */
  readonly degenerate: string | undefined;
  /** Not shown to be worse than another. */
  readonly isOpen: boolean;
  readonly isTaken: boolean;
}

/** Where the policy is as far from the reference: one point a beta, where a learning rate between two tried ones has it. */
export interface KlLine {
  /** Nats a token. */
  readonly kl: number;
  readonly points: readonly { readonly beta: number; readonly learningRate: number }[];
}

/** Win rates over beta and learning rate. */
export interface RateMap {
  /** Largest beta first. */
  readonly betas: readonly number[];
  /** Smallest first. */
  readonly learningRates: readonly number[];
  readonly cells: readonly RateCell[];
  readonly lines: readonly KlLine[];
  readonly proof: Proof | undefined;
  readonly verdict: string;
}

/**
 * Undefined where all arms have one learning rate. Each beta with each rate is a setting of its own, and all are compared
 * with one another as betas are; of several that are proven, the largest beta is taken, and its smallest rate.
 *
 * @param arms that count
 * @param tolerance percentage points
 */
export function rateMap(arms: readonly JudgedArm[], tolerance: number): RateMap | undefined {
  const learningRates = different(arms.flatMap(({ learningRate }) => learningRate ?? []));
  if (learningRates.length < 2) return undefined;
  const betas = different(arms.map(({ beta }) => beta)).reverse();
  const rows = betas.flatMap((beta) =>
    learningRates.flatMap((learningRate) => {
      const own = arms.filter((arm) => arm.beta === beta && arm.learningRate === learningRate);
      return own.length === 0 ? [] : [{ own, learningRate, row: betaRow(beta, own, 'win_rate') }];
    }),
  );
  // The decision knows one number a setting, and takes the largest that is proven: so they are numbered downwards.
  const keyOf = (index: number): number => rows.length - index;
  const table = outcomeTable(
    rows.flatMap(({ own, row }, index) =>
      isSound(row)
        ? own.flatMap((arm) =>
            arm.outcomes && !hasBrokenOff(arm)
              ? [{ beta: keyOf(index), seed: arm.seed, outcomes: arm.outcomes }]
              : [],
          )
        : [],
    ),
  );
  const open = table.prompts.length > 0 ? openBetas(table) : [];
  const { taken } = decide(table, tolerance / 100);
  const cells = rows.map(
    ({ row, learningRate }, index): RateCell => ({
      ...cellOf(row),
      learningRate,
      isOpen: open.includes(keyOf(index)),
      isTaken: taken?.beta === keyOf(index),
    }),
  );
  const best = cells.find(({ isTaken }) => isTaken);
  return {
    betas,
    learningRates,
    cells,
    lines: klLines(betas, cells),
    proof: taken && best && { ...taken, beta: best.beta },
    verdict: taken && best ? takenWords(best, taken) : openWords(cells, tolerance),
  };
}

/** The learning rate with the highest win rate at a beta; the smallest where none was measured. */
export function bestRate({ cells }: RateMap, beta: number): number | undefined {
  const own = cells.filter((cell) => cell.beta === beta);
  const sound = own.filter(({ degenerate, winRate }) => degenerate === undefined && Number.isFinite(winRate));
  const [first, ...others] = sound.length > 0 ? sound : own;
  return others.reduce((top, cell) => (top && top.winRate >= cell.winRate ? top : cell), first)?.learningRate;
}

function cellOf({
  beta,
  seeds,
  quality,
  kl,
  degenerate,
}: BetaRow): Omit<RateCell, 'learningRate' | 'isOpen' | 'isTaken'> {
  return { beta, seeds, winRate: quality, kl, degenerate };
}

function takenWords(
  { beta, learningRate }: RateCell,
  { losesAtMost, winRate, from, to, prompts }: Proof,
): string {
  const claim =
    losesAtMost === 0
      ? 'is better than every other setting tried'
      : `loses at most ${points(losesAtMost)} to any other setting tried`;
  return `Beta ${decimal(beta)} at learning rate ${rateWords(learningRate)} ${claim}, with 95 % confidence. Its win rate is ${percent(winRate)} (${percent(from)} to ${percent(to)}) on ${prompts} held-out prompts, which had no part in the choice.`;
}

function openWords(cells: readonly RateCell[], tolerance: number): string {
  const open = cells.filter(({ isOpen }) => isOpen).toSorted((a, b) => b.winRate - a.winRate);
  if (open.length === 0) return 'No answers were judged, so settings cannot be compared.';
  const names = open.map(
    ({ beta, learningRate, winRate }) =>
      `beta ${decimal(beta)} at ${rateWords(learningRate)} (${percent(winRate)})`,
  );
  return `No setting is shown to lose less than ${decimal(tolerance)} points to every other. Not excluded: ${listed(names)}. Train more seeds of these.`;
}

/** Nats a token, even in the logarithm. */
const LEVELS = [0.03, 0.1, 0.3, 1, 3];

/** Straight between two learning rates, in the logarithm of both. */
function klLines(betas: readonly number[], cells: readonly RateCell[]): KlLine[] {
  return LEVELS.flatMap((kl) => {
    const points = betas.flatMap(
      (beta) =>
        crossing(
          kl,
          cells.filter((cell) => cell.beta === beta),
        ) ?? [],
    );
    return points.length === 0 ? [] : [{ kl, points }];
  });
}

function crossing(level: number, cells: readonly RateCell[]): KlLine['points'][number] | undefined {
  const known = cells.filter(({ kl }) => kl > 0).toSorted((a, b) => a.learningRate - b.learningRate);
  for (const [index, upper] of known.entries()) {
    const lower = known[index - 1];
    if (!lower || (lower.kl - level) * (upper.kl - level) > 0 || lower.kl === upper.kl) continue;
    const share = Math.log(level / lower.kl) / Math.log(upper.kl / lower.kl);
    const rate = lower.learningRate * (upper.learningRate / lower.learningRate) ** share;
    return { beta: upper.beta, learningRate: Number(rate.toPrecision(3)) };
  }
  return undefined;
}

/** `5e-7`, as configs write learning rates. */
export function rateWords(rate: number): string {
  return rate < 1e-3 ? rate.toExponential() : String(rate);
}

function different(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
