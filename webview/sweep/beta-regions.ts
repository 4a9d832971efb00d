import type { BetaResponse } from '../../src/core/sweeps/beta-response';
import type { BetaZone } from '../../src/core/sweeps/beta-zones';
import type { ChartMark, ChartRegion } from '../charts/chart-parts';

/** The cliff and the betas that are not excluded as stretches of the axis: each reaches half way to the next beta. */
export function betaRegions({ betas, cliff, open }: BetaResponse): ChartRegion[] {
  const all = betas.map(({ beta }) => beta).toSorted((a, b) => a - b);
  const region = (zone: BetaZone | undefined, colour: string, label: string): ChartRegion[] =>
    zone ? [{ ...reach(zone, all), colour, label }] : [];
  return [...region(cliff, '--error', 'past the cliff'), ...region(open, '--good', 'not excluded')];
}

/** @param betas ascending */
function reach({ smallest, largest }: BetaZone, betas: readonly number[]): { from: number; to: number } {
  const below = betas.filter((beta) => beta < smallest).at(-1);
  const above = betas.find((beta) => beta > largest);
  const half = (a: number, b: number) => Math.sqrt(a * b);
  // Beyond the grid nothing is known, but it is not the end of the zone.
  return {
    from: below === undefined ? smallest / 10 : half(below, smallest),
    to: above === undefined ? largest * 10 : half(largest, above),
  };
}

export function recommendedMark({ recommended }: BetaResponse): ChartMark[] {
  return recommended === undefined
    ? []
    : [{ x: recommended, kind: 'good', text: `Beta ${recommended} is recommended.` }];
}
