import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { percent } from '../../src/core/runs/numbers';
import { Chart } from '../charts/chart';
import { ChartGroup, type GroupOptions } from '../charts/chart-group';
import type { ChartOptions } from '../charts/chart-parts';
import { natsInWords } from './beta-metrics';
import { frontierLines } from './frontier';

/** Two a decade: a grid may span less than one. */
const TICKS = [-5, -4, -3, -2, -1, 0, 1, 2].flatMap((power) => [Number(`1e${power}`), Number(`3e${power}`)]);

/** What distance from the reference buys: the judge's verdict, or without one the reward without beta, over KL. */
export class FrontierChart {
  readonly #group: ChartGroup;
  readonly #chart: Chart;
  readonly #measure: (arm: SweepArm) => number;

  constructor(quality: SweepPage['response']['quality'], options: Omit<GroupOptions, 'xAxis'>) {
    this.#group = new ChartGroup({
      ...options,
      xAxis: {
        label: 'KL',
        isLog: true,
        format: (nats) => String(Number(nats.toPrecision(2))),
        ticks: TICKS,
      },
    });
    const isJudged = quality === 'win rate';
    this.#measure = isJudged ? (arm) => arm.quality : (arm) => arm.margin;
    this.#chart = new Chart(this.#group, isJudged ? WIN_RATE : MARGIN);
  }

  get element(): HTMLElement {
    return this.#chart.element;
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
  'The axis is KL(policy || reference) in nats a token: further to the right the policy has moved further.';

const WIN_RATE: ChartOptions = {
  title: 'Win rate by KL',
  unit: 'nats a token',
  explanation: `What distance from the reference buys. ${DISTANCE} Where the curve bends down, moving on costs quality.`,
  format: percent,
  formatTick: (share) => `${Math.round(100 * share)} %`,
  limits: { from: 0, to: 1 },
};

const MARGIN: ChartOptions = {
  title: 'Margin by KL',
  unit: 'nats, by nats a token',
  explanation: `The reward margin divided by beta, which is comparable between betas, of held-out pairs where there are any. ${DISTANCE} A margin tells nothing about the texts: it may grow where they break.`,
  format: natsInWords,
};
