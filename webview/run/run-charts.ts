import type { RunPage } from '../../src/core/panels/run-page';
import { whole } from '../../src/core/words/numbers';
import { Chart } from '../charts/chart';
import type { ChartGroup } from '../charts/chart-group';
import type { ChartLine, ChartMark } from '../charts/chart-parts';
import { make } from '../dom';
import { type Rewards, RUN_CHARTS, type RunChartKind } from './run-chart-kinds';
import type { RunCurves } from './run-curves';

/** The charts of a run, in sections. What has no points is not shown. */
export class RunCharts {
  readonly element = make('div');
  readonly #shown: readonly {
    readonly kind: RunChartKind;
    readonly chart: Chart;
    readonly section: HTMLElement;
  }[];

  constructor(
    private readonly group: ChartGroup,
    private readonly curves: RunCurves,
  ) {
    this.#shown = RUN_CHARTS.flatMap(({ title, charts }, index) => {
      const id = `charts-${index}`;
      const grid = make('div', { class: 'charts' });
      const section = make(
        'section',
        { 'aria-labelledby': id, hidden: true },
        make('h2', { id }, title),
        grid,
      );
      this.element.append(section);
      return charts.map((kind) => {
        const chart = new Chart(this.group, kind.options);
        grid.append(chart.element);
        return { kind, chart, section };
      });
    });
  }

  /** Whether there is anything to choose between. */
  get hasBothRewards(): boolean {
    return this.curves.has('train', 'log_ratio_margin') && this.curves.has('train', 'reward_margin');
  }

  /** New points came, or other rewards are to be shown. */
  update(rewards: Rewards): void {
    const choice = this.hasBothRewards
      ? rewards
      : this.curves.has('train', 'log_ratio_margin')
        ? 'divided'
        : 'raw';
    const sections = new Map<HTMLElement, boolean>();
    for (const { kind, chart, section } of this.#shown) {
      const isChosen = kind.rewards === undefined || kind.rewards === choice;
      chart.setLines(isChosen ? this.#linesOf(kind) : []);
      chart.element.hidden = !chart.hasPoints;
      sections.set(section, (sections.get(section) ?? false) || chart.hasPoints);
    }
    for (const [section, hasPoints] of sections) section.hidden = !hasPoints;
  }

  setMarks({ alarms, checkpoints }: RunPage): void {
    const ticks = checkpoints.map(
      (x): ChartMark => ({ x, kind: 'tick', text: `Checkpoint at step ${whole(x)}.` }),
    );
    for (const { kind, chart } of this.#shown) {
      const told = alarms
        .filter(({ code }) => kind.alarms?.includes(code))
        .map(({ step, severity, message }): ChartMark => ({ x: step, kind: severity, text: message }));
      chart.setMarks([...ticks, ...told].sort((a, b) => a.x - b.x));
    }
  }

  #linesOf({ lines }: RunChartKind): ChartLine[] {
    return lines
      .filter(({ split, metric }) => this.curves.has(split, metric))
      .map(({ split, metric, label, colour, isDashed = false, isExact }) => ({
        label,
        colour,
        isDashed,
        curve: this.curves.get(split, metric),
        ...(split === 'train' && { isSmoothed: isExact !== true }),
        // The reference's would cover those of the policy where both are the same.
        ...(split === 'eval' && !metric.startsWith('reference_') && { points: 'with line' as const }),
      }));
  }
}
