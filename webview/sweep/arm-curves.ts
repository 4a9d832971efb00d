import type { ToPanel } from '../../src/core/panels/protocol';
import type { SweepArm } from '../../src/core/panels/sweep-arm';
import { isLive } from '../../src/core/runs/liveness';
import { Chart } from '../charts/chart';
import { chartControls } from '../charts/chart-controls';
import { ChartGroup, type GroupOptions } from '../charts/chart-group';
import type { ChartLine } from '../charts/chart-parts';
import type { KeptCharts } from '../charts/kept-charts';
import { make } from '../dom';
import { RunCurves } from '../run/run-curves';
import { betaColour } from './beta-colours';
import { LIVE_METRICS, type LiveMetric } from './live-metrics';

/** What the arms do step by step, from the first step on: a line an arm, coloured in the order of beta. */
export class ArmCurves {
  readonly element: HTMLElement;
  readonly #group: ChartGroup;
  readonly #charts: readonly { readonly metric: LiveMetric; readonly chart: Chart }[];
  readonly #curves = new Map<string, RunCurves>();
  #arms: readonly SweepArm[] = [];

  /** @param changed called when the reader looks elsewhere */
  constructor({ changed, ...options }: Omit<GroupOptions, 'xAxis'> & { readonly changed: () => void }) {
    this.#group = new ChartGroup({ ...options, xAxis: { label: 'step' } });
    this.#group.onChange(changed);
    this.#charts = LIVE_METRICS.map((metric) => ({ metric, chart: new Chart(this.#group, metric.options) }));
    this.element = make(
      'section',
      { 'aria-labelledby': 'step-by-step', hidden: true },
      make('h2', { id: 'step-by-step' }, 'Step by step'),
      chartControls(this.#group),
      make('div', { class: 'charts' }, ...this.#charts.map(({ chart }) => chart.element)),
    );
  }

  get kept(): KeptCharts {
    return this.#group.kept;
  }

  show(arms: readonly SweepArm[]): void {
    const looks = (of: readonly SweepArm[]) =>
      JSON.stringify(of.map(({ folder, state }) => [folder, isLive(state)]));
    const isOther = looks(arms) !== looks(this.#arms);
    this.#arms = arms;
    this.#group.isLive = arms.some(({ state }) => isLive(state));
    if (isOther) this.#draw();
  }

  receive(message: Extract<ToPanel, { kind: 'curves' }>): void {
    const curves = this.#curves.get(message.run) ?? new RunCurves();
    this.#curves.set(message.run, curves);
    const isNew = message.restart || message.parts.some(({ split, name }) => !curves.has(split, name));
    curves.take(message);
    if (isNew) this.#draw();
    this.#group.pointsCame();
  }

  dispose(): void {
    this.#group.dispose();
  }

  #draw(): void {
    for (const { metric, chart } of this.#charts) {
      chart.setLines(this.#linesOf(metric));
      chart.element.hidden = !chart.hasPoints;
    }
    this.element.hidden = this.#charts.every(({ chart }) => chart.element.hidden);
  }

  #linesOf({ split, metric, isSmoothed }: LiveMetric): ChartLine[] {
    const betas = [...new Set(this.#arms.map(({ beta }) => beta))].sort((a, b) => a - b);
    const isTraining = this.#arms.some(({ state }) => isLive(state));
    return this.#arms.flatMap((arm) => {
      const curves = this.#curves.get(arm.folder);
      if (!curves?.has(split, metric)) return [];
      const seeds = this.#arms.filter(({ beta }) => beta === arm.beta).map(({ seed }) => seed);
      return [
        {
          label: seeds.length > 1 ? `beta ${arm.beta}, seed ${arm.seed}` : `beta ${arm.beta}`,
          colour: betaColour(betas.indexOf(arm.beta), betas.length),
          curve: curves.get(split, metric),
          isSmoothed,
          isDashed: seeds.indexOf(arm.seed) > 0,
          // Those that have ended step back while others train.
          isFaint: isTraining && !isLive(arm.state),
          ...(split === 'eval' && { points: 'with line' as const }),
        },
      ];
    });
  }
}
