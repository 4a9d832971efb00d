import type { RunPage } from '../../src/core/panels/run-page';
import { whole } from '../../src/core/words/numbers';
import { Chart } from '../charts/chart';
import type { ChartGroup } from '../charts/chart-group';
import type { ChartLine, ChartMark } from '../charts/chart-parts';
import { make } from '../dom';
import {
  OTHER_METRICS,
  otherMetricChart,
  type Rewards,
  RUN_CHARTS,
  type RunChartKind,
} from './run-chart-kinds';
import type { RunCurves } from './run-curves';

interface ShownChart {
  readonly kind: RunChartKind;
  readonly chart: Chart;
  readonly section: HTMLElement;
}

/** The charts of a run, in sections. What has no points is not shown. */
export class RunCharts {
  readonly element = make('div');
  readonly #shown: ShownChart[] = [];
  readonly #others = new Set<string>();
  #otherGrid: HTMLElement | undefined;

  constructor(
    private readonly group: ChartGroup,
    private readonly curves: RunCurves,
  ) {
    for (const { title, charts } of RUN_CHARTS) {
      const grid = this.#addSection(title);
      for (const kind of charts) this.#addChart(kind, grid);
    }
  }

  /** Whether there is anything to choose between. */
  get hasBothRewards(): boolean {
    return this.curves.has('train', 'log_ratio_margin') && this.curves.has('train', 'reward_margin');
  }

  #addSection(title: string): HTMLElement {
    const id = `charts-${this.element.childElementCount}`;
    const grid = make('div', { class: 'charts' });
    const heading = make('h2', { id }, title);
    this.element.append(make('section', { 'aria-labelledby': id, hidden: true }, heading, grid));
    return grid;
  }

  #addChart(kind: RunChartKind, grid: HTMLElement): void {
    const chart = new Chart(this.group, kind.options);
    grid.append(chart.element);
    this.#shown.push({ kind, chart, section: grid.parentElement ?? grid });
  }

  /** Charts of metrics that the trainer has of its own come with their first points. */
  #addOthers(): void {
    for (const name of this.curves.otherMetrics) {
      if (this.#others.has(name)) continue;
      this.#others.add(name);
      this.#otherGrid ??= this.#addSection(OTHER_METRICS);
      this.#addChart(otherMetricChart(name), this.#otherGrid);
    }
  }

  /** New points came, or other rewards are to be shown. */
  update(rewards: Rewards): void {
    this.#addOthers();
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
