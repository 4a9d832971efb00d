import { listed } from '../words/counts';
import { decimal } from '../words/numbers';
import type { Arm } from './arms';
import { type BetaResponse, betaResponse, type DecisionSettings } from './beta-response';
import type { BetaRow } from './beta-row';
import { isSound } from './beta-zones';
import { coarseGrid, gridAround } from './grid';
import type { JudgedArm } from './judged-arm';

/** A sweep that trains in rounds until it is decided. */
export interface AdaptiveSweep {
  /** `sweep.beta`. */
  readonly grid: readonly number[];
  /** `sweep.seeds`, or the seed of the config: the first ones that are trained. */
  readonly seeds: readonly number[];
  /** Arms that have ended. */
  readonly arms: readonly JudgedArm[];
  readonly settings: DecisionSettings;
  /** Runs that the budget has left. */
  readonly left: number;
}

/** What is done next, and why, in a sentence. */
export type Round =
  | { readonly kind: 'train'; readonly arms: readonly Arm[]; readonly why: string }
  | { readonly kind: 'end'; readonly beta: number | undefined; readonly why: string };

/** Betas beyond an edge of the grid, at most. */
const EXTENSIONS = 2;
/** Contenders that get another seed in a round. */
const CONTENDERS = 2;
/** A contender with a smaller chance to be the best gets no more seeds. */
const LEAST_CHANCE = 0.05;

/**
 * The next round: a coarse grid first; then what lies beside the beta that leads, or beyond the edge where it leads there;
 * then seeds of the betas that are not excluded. Betas that are shown to be worse, and those past the cliff, get no more.
 */
export function nextRound(sweep: AdaptiveSweep): Round {
  const response = betaResponse(sweep.arms, sweep.settings);
  const round = wanted(sweep, response);
  if (round.kind === 'end' || sweep.left >= round.arms.length) return round;
  if (sweep.left > 0) return { ...round, arms: round.arms.slice(0, sweep.left) };
  const beta = response.safest ?? leader(response)?.beta;
  const known = beta === undefined ? '' : ` Beta ${decimal(beta)} loses least at worst, as far as is known.`;
  return { kind: 'end', beta, why: `The budget is spent before a beta is proven.${known}` };
}

function wanted(sweep: AdaptiveSweep, response: BetaResponse): Round {
  const [seed = 0] = sweep.seeds;
  const tried = [...new Set(sweep.arms.map(({ beta }) => beta))].sort((a, b) => b - a);
  if (tried.length === 0) {
    const betas = coarseGrid(sweep.grid);
    const why = `${betas.length} of ${sweep.grid.length} betas, spread over the grid, with one seed each.`;
    return train(betas, [seed], why);
  }
  const best = leader(response);
  if (!best) {
    const above = gridAround(tried[0] ?? 1).filter((beta) => beta > (tried[0] ?? 1));
    if (response.cliff && tried.length < sweep.grid.length + EXTENSIONS)
      return train(above, [seed], 'All betas so far are past the cliff: larger ones.');
    return { kind: 'end', beta: undefined, why: response.verdict };
  }
  const finer = beside(best.beta, tried, sweep.grid);
  if (finer.length > 0) return train(finer, [seed], `Beta ${decimal(best.beta)} leads: what lies beside it.`);
  const outside = beyond(best.beta, tried, sweep.grid);
  if (outside !== undefined)
    return train(
      [outside],
      [seed],
      `Beta ${decimal(best.beta)} leads at the edge of the grid: one beyond it.`,
    );
  if (response.recommended !== undefined)
    return { kind: 'end', beta: response.recommended, why: response.verdict };
  return moreSeeds(sweep, response, best);
}

function train(betas: readonly number[], seeds: readonly number[], why: string): Round {
  return { kind: 'train', arms: seeds.flatMap((seed) => betas.map((beta) => ({ beta, seed }))), why };
}

/** The grid's betas in the middle of the gaps on both sides of one. */
function beside(beta: number, tried: readonly number[], grid: readonly number[]): number[] {
  const place = tried.indexOf(beta);
  const gaps = [
    [tried[place - 1], beta],
    [beta, tried[place + 1]],
  ] as const;
  return gaps.flatMap(([upper, lower]) => {
    if (upper === undefined || lower === undefined) return [];
    const inside = grid.filter((value) => value < upper && value > lower).sort((a, b) => b - a);
    return inside[Math.floor(inside.length / 2)] ?? [];
  });
}

function beyond(beta: number, tried: readonly number[], grid: readonly number[]): number | undefined {
  const isLargest = beta === tried[0];
  if (!isLargest && beta !== tried.at(-1)) return undefined;
  const outside = tried.filter((value) => value > Math.max(...grid) || value < Math.min(...grid));
  if (outside.length >= EXTENSIONS) return undefined;
  const around = gridAround(beta);
  const place = around.indexOf(beta);
  return around[isLargest ? place - 1 : place + 1];
}

function moreSeeds(sweep: AdaptiveSweep, response: BetaResponse, best: BetaRow): Round {
  const open = response.betas.filter(
    (row) => isSound(row) && isOpen(row.beta, response) && chanceOf(row.beta, response) >= LEAST_CHANCE,
  );
  const contenders = [
    best,
    ...open.filter((row) => row !== best).sort((a, b) => b.quality - a.quality),
  ].slice(0, CONTENDERS);
  const fewest = Math.min(...contenders.map(({ seeds }) => seeds));
  const betas = contenders.filter(({ seeds }) => seeds === fewest).map(({ beta }) => beta);
  const used = Math.max(...sweep.seeds, ...sweep.arms.map(({ seed }) => seed));
  const arms = betas.map((beta) => {
    const own = new Set(sweep.arms.filter((arm) => arm.beta === beta).map(({ seed }) => seed));
    const next = [...sweep.seeds, ...Array.from({ length: 100 }, (_, index) => used + 1 + index)];
    return { beta, seed: next.find((seed) => !own.has(seed)) ?? 0 };
  });
  const names = listed(contenders.map(({ beta }) => decimal(beta)));
  const why =
    contenders.length === 1
      ? `Beta ${names} leads, and one seed does not show how much trainings differ: another seed.`
      : `Beta ${names} cannot be told apart yet: another seed of those with the fewest.`;
  return { kind: 'train', arms, why };
}

function isOpen(beta: number, { open }: BetaResponse): boolean {
  return open !== undefined && beta <= open.largest && beta >= open.smallest;
}

/** One before a second seed gives chances. */
function chanceOf(beta: number, { chances }: BetaResponse): number {
  return chances.length === 0 ? 1 : (chances.find((one) => one.beta === beta)?.chance ?? 0);
}

/** The sound beta with the highest win rate. */
function leader({ betas, quality }: BetaResponse): BetaRow | undefined {
  return (quality === 'win rate' ? betas.filter(isSound) : []).reduce<BetaRow | undefined>(
    (top, row) => (top && top.quality >= row.quality ? top : row),
    undefined,
  );
}
