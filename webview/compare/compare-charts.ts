import type { ComparedRun } from '../../src/core/panels/compare-page';
import type { MetricsLine } from '../../src/core/runs/format';
import { whole } from '../../src/core/words/numbers';
import { Chart } from '../charts/chart';
import type { ChartGroup } from '../charts/chart-group';
import type { ChartLine, ChartMark } from '../charts/chart-parts';
import { make } from '../dom';
import { OTHER_METRICS } from '../run/run-chart-kinds';
import type { RunCurves } from '../run/run-curves';
import {
  type CompareChartKind,
  type CompareSection,
  compareSections,
  otherMetricKinds,
} from './compare-chart-kinds';
import { looksOf } from './run-looks';

interface ShownSection {
  readonly element: HTMLElement;
  readonly charts: ShownChart[];
}

interface ShownChart {
  readonly kind: CompareChartKind;
  readonly chart: Chart;
}

/** A chart a metric, a line a run. What has no points is not shown. */
export class CompareCharts {
  readonly element = make('div');
  readonly #sections: ShownSection[];
  readonly #others = new Set<string>();
  #otherSection: ShownSection | undefined;

  constructor(
    private readonly group: ChartGroup,
    readonly betasDiffer: boolean,
  ) {
    this.#sections = compareSections(betasDiffer).map((section) => this.#makeSection(section));
  }

  /** @param split of measures that training and held-out pairs both have */
  show(
    runs: readonly ComparedRun[],
    curves: ReadonlyMap<string, RunCurves>,
    hidden: ReadonlySet<string>,
    split: MetricsLine['split'],
  ): void {
    this.#addOthers(curves);
    const isMeasured = ({ metric }: CompareChartKind, on: MetricsLine['split']) =>
      runs.some(({ folder }) => curves.get(folder)?.has(on, metric));
    const isWanted = (kind: CompareChartKind) => kind.split === split || !isMeasured(kind, split);
    for (const { element, charts } of this.#sections) {
      let isEmpty = true;
      for (const { kind, chart } of charts) {
        chart.setLines(isWanted(kind) ? linesOf(kind, runs, curves, hidden) : []);
        chart.setMarks(marksOf(kind, runs, hidden));
        chart.element.hidden = !chart.hasPoints;
        isEmpty &&= !chart.hasPoints;
      }
      element.hidden = isEmpty;
    }
  }

  dispose(): void {
    for (const { charts } of this.#sections) for (const { chart } of charts) chart.dispose();
  }

  /** Charts of metrics that trainers have of their own come with their first points. */
  #addOthers(curves: ReadonlyMap<string, RunCurves>): void {
    for (const name of [...curves.values()].flatMap((of) => of.otherMetrics)) {
      if (this.#others.has(name)) continue;
      this.#others.add(name);
      if (!this.#otherSection) {
        this.#otherSection = this.#makeSection({ title: OTHER_METRICS, charts: [] });
        this.#sections.push(this.#otherSection);
      }
      for (const kind of otherMetricKinds(name)) {
        const chart = new Chart(this.group, kind.options);
        this.#otherSection.element.lastElementChild?.append(chart.element);
        this.#otherSection.charts.push({ kind, chart });
      }
    }
  }

  #makeSection({ title, charts }: CompareSection): ShownSection {
    const id = `compare-${this.element.childElementCount}`;
    const shown = charts.map((kind) => ({ kind, chart: new Chart(this.group, kind.options) }));
    const grid = make('div', { class: 'charts' }, ...shown.map(({ chart }) => chart.element));
    const element = make('section', { 'aria-labelledby': id, hidden: true }, make('h2', { id }, title), grid);
    this.element.append(element);
    return { element, charts: shown };
  }
}

function linesOf(
  { metric, split, isExact }: CompareChartKind,
  runs: readonly ComparedRun[],
  curves: ReadonlyMap<string, RunCurves>,
  hidden: ReadonlySet<string>,
): ChartLine[] {
  const looks = looksOf(runs);
  return runs.flatMap(({ folder, label }, index) => {
    const of = curves.get(folder);
    if (!of?.has(split, metric) || hidden.has(folder)) return [];
    const kind = split === 'eval' ? { points: 'with line' as const } : { isSmoothed: !isExact };
    return [
      { label, ...looks[index], colour: looks[index]?.colour ?? '', curve: of.get(split, metric), ...kind },
    ];
  });
}

/** Each alarm on the line of its run. */
function marksOf(
  { alarms: about }: CompareChartKind,
  runs: readonly ComparedRun[],
  hidden: ReadonlySet<string>,
): ChartMark[] {
  return runs
    .filter(({ folder }) => !hidden.has(folder))
    .flatMap(({ label, alarms }) =>
      alarms
        .filter(({ code }) => about.includes(code))
        .map(
          ({ severity, step, short }): ChartMark => ({
            x: step,
            kind: severity,
            text: `${label}: ${short} (step ${whole(step)})`,
            line: label,
          }),
        ),
    )
    .sort((a, b) => a.x - b.x);
}
