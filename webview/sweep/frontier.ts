import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { ChartLine } from '../charts/chart-parts';
import { FixedCurve } from '../charts/plot/plot-curve';

interface Place {
  readonly kl: number;
  readonly value: number;
  readonly words: string;
}

/** A value against how far the policy has moved for it: a dot an arm, and a line through the means of the betas. */
export function frontierLines(arms: readonly SweepArm[], measure: (arm: SweepArm) => number): ChartLine[] {
  const counted = arms
    .filter(({ state }) => state === 'completed')
    .map((arm) => ({ kl: arm.kl, value: measure(arm), beta: arm.beta, seed: arm.seed }))
    .filter(({ kl, value }) => Number.isFinite(kl) && Number.isFinite(value));
  const betas = [...new Set(counted.map(({ beta }) => beta))];
  const means = betas.map((beta) => {
    const of = counted.filter((arm) => arm.beta === beta);
    return {
      kl: mean(of.map(({ kl }) => kl)),
      value: mean(of.map(({ value }) => value)),
      words: `beta ${beta}`,
    };
  });
  const seeds = counted.map(({ kl, value, beta, seed }) => ({
    kl,
    value,
    words: `beta ${beta}, seed ${seed}`,
  }));
  const hasSeeds = betas.length < counted.length;
  const line = lineOf(means, hasSeeds ? 'mean of a beta' : 'one seed');
  if (line.sorted.length === 0) return [];
  return [
    { ...line.line, points: 'with line', labelOf: (index) => line.sorted[index]?.words ?? '' },
    ...(hasSeeds ? [{ ...lineOf(seeds, 'seeds').line, points: 'only' as const, summaryOf: () => '' }] : []),
  ];
}

function lineOf(places: readonly Place[], label: string): { line: ChartLine; sorted: readonly Place[] } {
  // An estimate of a small KL may come out below 0, where a logarithmic axis does not reach.
  const sorted = places.filter(({ kl }) => kl > 0).sort((a, b) => a.kl - b.kl);
  const curve = new FixedCurve(
    sorted.map(({ kl }) => kl),
    sorted.map(({ value }) => value),
  );
  const nameOf = (index: number): string => sorted[index]?.words ?? '';
  return { line: { label, colour: '--line-1', curve, nameOf }, sorted };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
