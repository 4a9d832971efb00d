import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { isSound } from '../../src/core/sweeps/beta-zones';
import { Chart } from '../charts/chart';
import { ChartGroup } from '../charts/chart-group';
import type { ChartLine, XAxis } from '../charts/chart-parts';
import type { KeptCharts } from '../charts/kept-charts';
import { make } from '../dom';
import { betaLines, plannedLine, referenceLine } from './beta-lines';
import { type BetaMetric, HELD_OUT_ACCURACY, qualityMetric, SIDE_EFFECTS } from './beta-metrics';
import { betaRegions, recommendedMark } from './beta-regions';
import { FrontierChart } from './frontier-chart';
import { PaperChart } from './paper-chart';

export interface ChartsSettings {
  readonly kept: KeptCharts;
  readonly savePicture: ((name: string, png: string) => void) | undefined;
  readonly speak: (text: string) => void;
  /** Called when the reader looks elsewhere. */
  readonly changed: () => void;
}

/** Labels of a narrow chart's axis that do not touch one another. */
const LABELS = 7;

/** What beta does, drawn: one chart large, what it costs beside it, side effects below. */
export class BetaCharts {
  readonly element = make('div', { class: 'beta-charts' });
  readonly #group: ChartGroup;
  readonly #quality: { readonly metric: BetaMetric; readonly chart: Chart };
  readonly #others: readonly { readonly metric: BetaMetric; readonly chart: Chart }[];
  readonly #frontier: FrontierChart;
  readonly #paper: PaperChart | undefined;

  /** @param page decides axes and metrics; `keyOf` another one, and other charts are needed */
  constructor(page: SweepPage, { kept, savePicture, speak, changed }: ChartsSettings) {
    this.#group = new ChartGroup({ xAxis: betaAxis(page.arms), kept, savePicture, speak });
    this.#group.onChange(changed);
    const chartOf = (metric: BetaMetric) => ({ metric, chart: new Chart(this.#group, metric.options) });
    const { quality } = page.response;
    const metric = qualityMetric(quality);
    this.#quality = chartOf(metric);
    this.#others = [...SIDE_EFFECTS, ...(quality === 'win rate' ? [HELD_OUT_ACCURACY] : [])].map(chartOf);
    // Its axis is another one: what is seen of it is not kept.
    const own = { kept: { charts: kept.charts ?? {} }, savePicture, speak, changed };
    this.#frontier = new FrontierChart(quality, own);
    this.#paper = page.paper && new PaperChart(page.paper, own);
    this.element.append(
      make('div', { class: 'main-chart' }, withEnds(this.#quality.chart.element)),
      make(
        'div',
        { class: 'charts' },
        ...this.#others.map(({ chart }) => chart.element),
        this.#frontier.element,
        ...(this.#paper ? [this.#paper.element] : []),
      ),
    );
  }

  /** Charts of another key are made anew. */
  static keyOf({ arms, response, paper }: SweepPage): string {
    return JSON.stringify([response.quality, betaAxis(arms).stops, paper?.pair]);
  }

  get kept(): KeptCharts {
    const { charts, ...kept } = this.#group.kept;
    return { ...kept, charts: { ...charts, ...this.#frontier.keptCharts, ...this.#paper?.keptCharts } };
  }

  show(page: SweepPage): void {
    const { arms, response } = page;
    const { metric, chart } = this.#quality;
    const own = labelled(betaLines(arms, metric), response);
    const all = [...own, ...plannedLine(arms, metric)];
    this.#set(chart, all, all, response);
    chart.setRegions(betaRegions(response));
    for (const { metric: other, chart: small } of this.#others) {
      const lines = betaLines(arms, other);
      const reference = other.referenceOf ? referenceLine(arms, other.referenceOf) : [];
      this.#set(small, lines, [...lines, ...reference], response);
      // The large chart says what the colours mean.
      small.setRegions(betaRegions(response).map((region) => ({ ...region, label: '' })));
    }
    const [best] = response.betas.filter(isSound).sort((a, b) => b.quality - a.quality);
    const told = response.betas.find(({ beta }) => beta === response.recommended) ?? best;
    this.#group.home = told?.beta;
    this.#frontier.show(page, told?.kl);
    this.#paper?.show(page);
    this.element.hidden = all.length === 0 && this.#others.every(({ chart: small }) => small.element.hidden);
  }

  dispose(): void {
    this.#group.dispose();
    this.#frontier.dispose();
    this.#paper?.dispose();
  }

  #set(
    chart: Chart,
    own: readonly ChartLine[],
    all: readonly ChartLine[],
    response: SweepPage['response'],
  ): void {
    chart.element.hidden = own.length === 0;
    chart.setLines(all);
    chart.setMarks(recommendedMark(response));
  }
}

/** What the two ends of the axis mean, below it. */
function withEnds(chart: HTMLElement): HTMLElement {
  const ends = make(
    'p',
    { class: 'axis-ends', 'aria-hidden': 'true' },
    make('span', {}, '← free to move'),
    make('span', { class: 'axis-name' }, 'beta, log scale'),
    make('span', {}, 'held to reference →'),
  );
  chart.querySelector('.chart-legend')?.before(ends);
  return chart;
}

/** With the answer written where it lies. */
function labelled(
  [mean, ...others]: readonly ChartLine[],
  { recommended }: SweepPage['response'],
): ChartLine[] {
  if (!mean) return [];
  const at = recommended === undefined ? -1 : mean.curve.points.steps.indexOf(recommended);
  return [
    { ...mean, ...(at >= 0 && { labelOf: (index: number) => (index === at ? 'take this' : '') }) },
    ...others,
  ];
}

function betaAxis(arms: readonly SweepArm[]): XAxis & { readonly stops: readonly number[] } {
  const betas = [...new Set(arms.map(({ beta }) => beta))].filter((beta) => beta > 0).sort((a, b) => a - b);
  const every = Math.ceil(betas.length / LABELS);
  return {
    label: 'beta',
    isLog: true,
    format: String,
    // Counted from the largest, so that the last label stays where it is while the grid grows downwards.
    ticks: betas.filter((_, index) => (betas.length - 1 - index) % every === 0),
    stops: betas,
  };
}
