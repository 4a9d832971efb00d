import type { PaperContext } from '../../src/core/panels/paper-context';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { Chart } from '../charts/chart';
import { ChartGroup, type GroupOptions } from '../charts/chart-group';
import type { ChartOptions } from '../charts/chart-parts';
import type { KeptCharts } from '../charts/kept-charts';
import { FixedCurve } from '../charts/plot/plot-curve';

const OPTIONS: ChartOptions = {
  title: 'In the paper',
  unit: '% length-controlled win rate, AlpacaEval 2',
  explanation:
    'Another model, other data and another opponent: look at the form of the curve, not at its height or its betas.',
  format: (winRate) => `${winRate.toFixed(2)} %`,
  formatTick: (winRate) => `${winRate.toFixed(0)} %`,
};

/** The curve of the paper's nearest experiment, on axes of its own: its win rates are against another opponent. */
export class PaperChart {
  readonly #group: ChartGroup;
  readonly #chart: Chart;

  /** @param changed called when the reader looks elsewhere */
  constructor(
    { points }: PaperContext,
    { changed, ...options }: Omit<GroupOptions, 'xAxis'> & { readonly changed: () => void },
  ) {
    const betas = points.map(({ beta }) => beta);
    this.#group = new ChartGroup({
      ...options,
      xAxis: { label: 'beta', isLog: true, format: String, ticks: betas, stops: betas },
    });
    this.#group.onChange(changed);
    this.#chart = new Chart(this.#group, OPTIONS);
  }

  get element(): HTMLElement {
    return this.#chart.element;
  }

  get keptCharts(): KeptCharts['charts'] {
    return { [OPTIONS.title]: this.#group.settingsOf(OPTIONS.title) };
  }

  show({ paper }: SweepPage): void {
    if (!paper) return;
    const measured = paper.points.flatMap(({ beta, winRate }) =>
      winRate === undefined ? [] : [{ beta, winRate }],
    );
    const degenerate = paper.points.filter(({ winRate }) => winRate === undefined);
    const curve = new FixedCurve(
      measured.map(({ beta }) => beta),
      measured.map(({ winRate }) => winRate),
    );
    this.#chart.setLines([{ label: paper.pair, colour: '--faint', curve, points: 'with line' }]);
    this.#chart.setMarks(
      degenerate.map(({ beta }) => ({ x: beta, kind: 'error', text: `beta ${beta}: texts no longer ended` })),
    );
    const best = measured.toSorted((a, b) => b.winRate - a.winRate)[0];
    this.#group.home = best?.beta;
  }

  dispose(): void {
    this.#group.dispose();
  }
}
