import type { MetricName } from '../runs/format';
import { type BetaRow, betaRow, hasBrokenOff } from './beta-row';
import { type BetaZone, cliffOf, isSound, isWorse, plateauOf } from './beta-zones';
import type { ArmSummary } from './format';
import { moreSeeds, type NextRuns, nextRuns } from './next-runs';

/** What a sweep says about beta. */
export interface BetaResponse {
  /** What betas are compared by: the judge's verdict where there is one. */
  readonly quality: 'win rate' | 'held-out accuracy';
  /** Largest beta first. */
  readonly betas: readonly BetaRow[];
  /** Betas that are too small. */
  readonly cliff: BetaZone | undefined;
  /** The best and those that cannot be told from it. */
  readonly plateau: BetaZone | undefined;
  /** The beta to take, where the arms decide: the largest of the plateau. */
  readonly recommended: number | undefined;
  /** What the arms show, in a sentence or two. */
  readonly verdict: string;
  /** What to run next, where the arms do not decide. */
  readonly next: NextRuns | undefined;
}

/**
 * Reads the dose-response curve of beta off the arms of a sweep. Arms count that completed, or were stopped because their
 * texts no longer ended. Raw rewards are not looked at: they grow with beta itself.
 */
export function betaResponse(arms: readonly ArmSummary[]): BetaResponse {
  const counted = arms.filter((arm) => arm.state === 'completed' || hasBrokenOff(arm));
  const judged = counted.some(({ eval: held }) => held.win_rate !== undefined);
  const quality = judged ? 'win rate' : 'held-out accuracy';
  const metric: MetricName = judged ? 'win_rate' : 'accuracy';
  const values = [...new Set(counted.map(({ beta }) => beta))].sort((a, b) => b - a);
  const betas = values.map((beta) =>
    betaRow(
      beta,
      counted.filter((arm) => arm.beta === beta),
      metric,
    ),
  );
  const best = betas
    .filter(isSound)
    .reduce<BetaRow | undefined>((top, row) => (top && top.quality >= row.quality ? top : row), undefined);
  const zones = { cliff: cliffOf(betas, best), plateau: plateauOf(betas, best) };
  return { quality, betas, ...zones, ...decide(betas, best, quality, zones) };
}

type Zones = Pick<BetaResponse, 'cliff' | 'plateau'>;
type Decision = Pick<BetaResponse, 'recommended' | 'verdict' | 'next'>;

function decide(
  betas: readonly BetaRow[],
  best: BetaRow | undefined,
  quality: string,
  { cliff, plateau }: Zones,
): Decision {
  if (!best) return { recommended: undefined, verdict: whyNone(betas), next: nextRuns(betas, undefined) };
  const open = (why: string, next = nextRuns(betas, best)): Decision => ({
    recommended: undefined,
    verdict: `${capital(measuredBest)}${why}${below}`,
    next,
  });
  const measuredBest = `${quality} is best at beta ${best.beta} (${percent(best.quality)}${spread(best)})`;
  const below = cliff ? ` ${cliff.reason}` : '';
  if (betas.length === 1) return open('. One beta tells nothing about others.');
  if (betas.some(({ seeds }) => seeds < 2)) {
    return open(', but with one seed a difference cannot be told from chance.');
  }
  const sound = betas.filter(isSound);
  if (sound.every((row) => !isWorse(row, best)) && !cliff) {
    const why = ', but no beta is worse than that by more than two standard errors: the arms do not decide.';
    return open(why, moreSeeds(sound));
  }
  const edge =
    betas[0]?.beta === best.beta ? 'largest' : betas.at(-1)?.beta === best.beta ? 'smallest' : undefined;
  if (edge) return open(`, the ${edge} of the grid: the best may lie beyond it.`);
  const recommended = plateau?.largest ?? best.beta;
  const why =
    recommended === best.beta
      ? ''
      : ` Beta ${recommended} cannot be told from it and stays closer to the reference.`;
  return { recommended, verdict: `${capital(measuredBest)}.${why}${below}`, next: undefined };
}

function whyNone(betas: readonly BetaRow[]): string {
  if (betas.length === 0) return 'No arm has completed.';
  return betas.every((row) => row.degenerate !== undefined)
    ? 'Every beta of the grid is past the cliff: the texts no longer end as the reference ends them.'
    : 'Nothing was measured by which betas could be compared: hold pairs out, or name probes and a judge.';
}

function spread({ seeds, qualityError }: BetaRow): string {
  return Number.isFinite(qualityError) ? ` ± ${(100 * qualityError).toFixed(1)} % over ${seeds} seeds` : '';
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
