import type { MetricName, MetricsLine } from '../../src/core/runs/format';
import type { ChartOptions } from '../charts/chart-parts';
import { RUN_CHARTS, type RunChartKind } from '../run/run-chart-kinds';

/** One metric, of all runs. */
export interface CompareChartKind {
  readonly options: ChartOptions;
  readonly metric: MetricName;
  readonly splits: readonly MetricsLine['split'][];
  /** There is nothing to smooth. */
  readonly isExact: boolean;
}

export interface CompareSection {
  readonly title: string;
  readonly charts: readonly CompareChartKind[];
}

/**
 * The charts of a run, taken apart: where several runs are laid over one another, a chart has one metric. Raw rewards,
 * which grow with beta itself, are not among them: divided by beta they tell the same of any betas.
 */
export function compareSections(betasDiffer: boolean): CompareSection[] {
  return RUN_CHARTS.map(({ title, charts }) => ({
    title,
    charts: charts.filter(({ rewards }) => rewards !== 'raw').flatMap((kind) => kindsOf(kind, betasDiffer)),
  }));
}

function kindsOf(kind: RunChartKind, betasDiffer: boolean): CompareChartKind[] {
  const lines = kind.lines.filter(({ metric }) => !metric.startsWith('reference_'));
  const metrics = [...new Set(lines.map(({ metric }) => metric))];
  return metrics.map((metric) => {
    const of = lines.filter((line) => line.metric === metric);
    const name = metrics.length === 1 ? '' : `: ${of[0]?.label ?? metric}`;
    return {
      options: optionsOf(kind.options, `${kind.options.title}${name}`, metric === 'loss' && betasDiffer),
      metric,
      splits: [...new Set(of.map(({ split }) => split))],
      isExact: of.some(({ isExact }) => isExact === true),
    };
  });
}

function optionsOf(options: ChartOptions, title: string, isFormOnly: boolean): ChartOptions {
  if (!isFormOnly) return { ...options, title };
  return {
    ...options,
    title,
    unit: 'nats per pair; betas differ',
    explanation: `${options.explanation} Losses of different betas cannot be compared: look at how each goes on.`,
  };
}
