import type { SweepArm } from '../../src/core/panels/sweep-arm';
import { isLive } from '../../src/core/runs/liveness';
import { decimal } from '../../src/core/words/numbers';
import type { ChartLine } from '../charts/chart-parts';
import { FixedCurve } from '../charts/plot/plot-curve';
import type { BetaMetric } from './beta-metrics';

interface Value {
  readonly beta: number;
  readonly seed: number;
  readonly value: number;
}

/**
 * What a chart over beta draws of arms: the mean over seeds with the spread from the lowest to the highest, each seed as
 * a dot, and as rings the arms that have not said their last word and do not count.
 */
export function betaLines(
  arms: readonly SweepArm[],
  { valueOf: measure, options, isFinal = false }: BetaMetric,
): ChartLine[] {
  const { format: words = decimal } = options;
  const counts = (arm: SweepArm) => arm.counts && (!isFinal || arm.state === 'completed');
  const measured = (isCounted: boolean): Value[] =>
    arms
      .filter((arm) => counts(arm) === isCounted)
      .map((arm) => ({ beta: arm.beta, seed: arm.seed, value: measure(arm) }))
      .filter(({ beta, value }) => Number.isFinite(beta) && Number.isFinite(value))
      .sort((a, b) => a.beta - b.beta || a.seed - b.seed);
  const [done, open] = [measured(true), measured(false)];
  const hasSeeds = new Set(done.map(({ beta }) => beta)).size < done.length;
  return [
    ...(done.length > 0 ? [meanLine(done, hasSeeds, words)] : []),
    ...(hasSeeds ? [{ ...dots(done, 'seeds'), summaryOf: () => '' }] : []),
    ...(open.length > 0 ? [{ ...dots(open, 'not finished'), isHollow: true }] : []),
  ];
}

function meanLine(values: readonly Value[], hasSeeds: boolean, words: (value: number) => string): ChartLine {
  const betas = [...new Set(values.map(({ beta }) => beta))];
  const of = (beta: number) => values.filter((value) => value.beta === beta).map(({ value }) => value);
  const mean = betas.map((beta) => of(beta).reduce((sum, value) => sum + value, 0) / of(beta).length);
  const [low, high] = [Math.min, Math.max].map((choose) => betas.map((beta) => choose(...of(beta))));
  const line: ChartLine = {
    label: hasSeeds ? 'mean' : 'one seed',
    colour: '--line-1',
    curve: new FixedCurve(betas, mean),
  };
  if (!hasSeeds || !low || !high) return { ...line, points: 'with line' };
  return {
    ...line,
    spread: { low: new FixedCurve(betas, low).points, high: new FixedCurve(betas, high).points },
    summaryOf: (index) => {
      const [value, from, to] = [mean, low, high].map((of) => words(of[index] ?? Number.NaN));
      // The unit is said once.
      return from === to
        ? `${value}`
        : `${value} (${from?.replace(/ \D+$/, '')} to ${to?.replace(/ \D+$/, '')})`;
    },
  };
}

function dots(values: readonly Value[], label: string): ChartLine {
  return {
    label,
    colour: '--line-1',
    curve: new FixedCurve(
      values.map(({ beta }) => beta),
      values.map(({ value }) => value),
    ),
    points: 'only',
    nameOf: (index) => `seed ${values[index]?.seed ?? ''}`,
  };
}

/** The place on the axis of what is still to come: the whole grid is in sight from the start. */
export function plannedLine(arms: readonly SweepArm[], { valueOf: measure }: BetaMetric): ChartLine[] {
  const planned = arms.filter((arm) => isLive(arm.state) && arm.beta > 0 && Number.isNaN(measure(arm)));
  const betas = [...new Set(planned.map(({ beta }) => beta))].sort((a, b) => a - b);
  if (betas.length === 0) return [];
  const curve = new FixedCurve(
    betas,
    betas.map(() => Number.NaN),
  );
  return [
    {
      label: 'not measured yet',
      colour: '--faint',
      curve,
      points: 'only',
      isHollow: true,
      summaryOf: () => '',
    },
  ];
}

/** The reference's own value at each beta, where there is one. */
export function referenceLine(arms: readonly SweepArm[], measure: (arm: SweepArm) => number): ChartLine[] {
  const values = new Map(
    arms
      .toSorted((a, b) => a.beta - b.beta)
      .map((arm) => [arm.beta, measure(arm)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  );
  if (values.size === 0) return [];
  return [
    {
      label: 'reference',
      colour: '--faint',
      curve: new FixedCurve([...values.keys()], [...values.values()]),
      isDashed: true,
    },
  ];
}
