import type { PaperContext } from '../../src/core/panels/paper-context';
import type { ChartLine } from '../charts/chart-parts';
import { FixedCurve } from '../charts/plot/plot-curve';

/** How far a beta may lie outside of the grid: a factor. */
const NEAR = 3;

/**
 * The paper's curve as context: its form at its own betas. Its win rates are of another scale, against another opponent, so
 * the line is fitted into the chart's range, and each point is labelled with the number that the paper gives.
 *
 * @param betas beside which it is drawn: of the paper's those near them
 * @param low of the values beside which it is drawn, as `high`
 */
export function paperLine(
  { pair, points: all }: PaperContext,
  betas: readonly number[],
  low: number,
  high: number,
): ChartLine[] {
  const [from, to] = [Math.min(...betas) / NEAR, Math.max(...betas) * NEAR];
  const points = all.filter(({ beta }) => beta >= from && beta <= to);
  if (points.length === 0) return [];
  const measured = points.flatMap(({ winRate }) => winRate ?? []);
  const [lowest, highest] = [Math.min(...measured), Math.max(...measured)];
  const scaled = (winRate: number) =>
    low + (0.25 + (0.5 * (winRate - lowest)) / Math.max(highest - lowest, 1)) * (high - low);
  const words = (index: number): string => {
    const winRate = points[index]?.winRate;
    return winRate === undefined ? 'degenerate' : `${winRate} %`;
  };
  return [
    {
      label: `paper, own scale: ${pair}`,
      colour: '--context',
      curve: new FixedCurve(
        points.map(({ beta }) => beta),
        points.map(({ winRate }) => (winRate === undefined ? low : scaled(winRate))),
      ),
      isDashed: true,
      points: 'with line',
      wordsOf: words,
      labelOf: words,
      nameOf: (index) => `at beta ${points[index]?.beta ?? ''}`,
    },
  ];
}
