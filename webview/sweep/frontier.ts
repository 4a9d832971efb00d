import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { ChartLine } from '../charts/chart-parts';
import { FixedCurve } from '../charts/plot-curve';

interface Place {
  readonly kl: number;
  readonly quality: number;
  readonly words: string;
}

/** Quality against how far the policy has moved for it: a dot an arm, and a line through the means of the betas. */
export function frontierLines(arms: readonly SweepArm[]): ChartLine[] {
  const counted = arms.filter(
    ({ state, kl, quality }) => state === 'completed' && kl > 0 && Number.isFinite(quality),
  );
  const betas = [...new Set(counted.map(({ beta }) => beta))];
  if (betas.length === 0) return [];
  const means = betas.map((beta) => {
    const of = counted.filter((arm) => arm.beta === beta);
    return {
      kl: mean(of.map(({ kl }) => kl)),
      quality: mean(of.map(({ quality }) => quality)),
      words: `beta ${beta}`,
    };
  });
  const seeds = counted.map(({ kl, quality, beta, seed }) => ({
    kl,
    quality,
    words: `beta ${beta}, seed ${seed}`,
  }));
  const line = lineOf(means, betas.length < counted.length ? 'mean of a beta' : 'one seed');
  return [
    { ...line.line, points: 'with line', labelOf: (index) => line.sorted[index]?.words ?? '' },
    ...(betas.length < counted.length
      ? [{ ...lineOf(seeds, 'seeds').line, points: 'only' as const, summaryOf: () => '' }]
      : []),
  ];
}

function lineOf(places: readonly Place[], label: string): { line: ChartLine; sorted: readonly Place[] } {
  const sorted = places.toSorted((a, b) => a.kl - b.kl);
  const curve = new FixedCurve(
    sorted.map(({ kl }) => kl),
    sorted.map(({ quality }) => quality),
  );
  const nameOf = (index: number): string => sorted[index]?.words ?? '';
  return { line: { label, colour: '--line-1', curve, nameOf }, sorted };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
