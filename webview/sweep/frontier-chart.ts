import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { percent } from '../../src/core/words/numbers';
import { Chart } from '../charts/chart';
import { ChartGroup, type GroupOptions } from '../charts/chart-group';
import type { ChartOptions } from '../charts/chart-parts';
import type { KeptCharts } from '../charts/kept-charts';
import { natsInWords } from './beta-metrics';
import { frontierLines } from './frontier';

/** Two a decade: a grid may span less than one. */
const TICKS = [-5, -4, -3, -2, -1, 0, 1, 2].flatMap((power) => [Number(`1e${power}`), Number(`3e${power}`)]);

/** What distance from the reference buys: the judge's verdict, or without one the reward without beta, over KL. */
export class FrontierChart {
  readonly #group: ChartGroup;
  readonly #chart: Chart;
  readonly #options: ChartOptions;
  readonly #measure: (arm: SweepArm) => number;

  /** @param changed called when the reader looks elsewhere */
  constructor(
    quality: SweepPage['response']['quality'],
    { changed, ...options }: Omit<GroupOptions, 'xAxis'> & { readonly changed: () => void },
  ) {
    this.#group = new ChartGroup({
      ...options,
      xAxis: {
        label: 'KL',
        isLog: true,
        format: (nats) => String(Number(nats.toPrecision(2))),
        ticks: TICKS,
      },
    });
    this.#group.onChange(changed);
    const isJudged = quality === 'win rate';
    this.#measure = isJudged ? (arm) => arm.quality : (arm) => arm.margin;
    this.#options = isJudged ? WIN_RATE : MARGIN;
    this.#chart = new Chart(this.#group, this.#options);
  }

  get element(): HTMLElement {
    return this.#chart.element;
  }

  get keptCharts(): KeptCharts['charts'] {
    const { title } = this.#options;
    return { [title]: this.#group.settingsOf(title) };
  }

  show({ arms }: SweepPage, home: number | undefined): void {
    const lines = frontierLines(arms, this.#measure);
    this.element.hidden = lines.length === 0;
    this.#chart.setLines(lines);
    this.#group.home = home;
  }

  dispose(): void {
    this.#group.dispose();
  }
}

const DISTANCE =
  'The axis is KL(policy || reference) in nats per token: further to the right the policy has moved further.';

const WIN_RATE: ChartOptions = {
  title: 'Win rate by KL',
  unit: 'KL in nats per token',
  explanation: `What distance from the reference buys. ${DISTANCE} Where the curve bends down, moving on costs quality.`,
  format: percent,
  formatTick: (share) => `${Math.round(100 * share)} %`,
  limits: { from: 0, to: 1 },
};

const MARGIN: ChartOptions = {
  title: 'Margin by KL',
  unit: 'nats, by KL in nats per token',
  explanation: `The reward margin divided by beta, which is comparable between betas, of held-out pairs where there are any. ${DISTANCE} A margin tells nothing about the texts: it may grow where they break.`,
  format: natsInWords,
};
