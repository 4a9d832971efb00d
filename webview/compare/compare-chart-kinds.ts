import type { MetricsLine } from '../../src/core/runs/format';
import type { ChartOptions } from '../charts/chart-parts';
import { otherMetricChart, RUN_CHARTS, type RunChartKind } from '../run/run-chart-kinds';

/** One metric, of all runs, on training or on held-out pairs. */
export interface CompareChartKind {
  readonly options: ChartOptions;
  readonly metric: string;
  readonly split: MetricsLine['split'];
  /** Alarms that are marked in it. */
  readonly alarms: readonly string[];
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

/** The charts of a metric that a trainer has of its own: on training and on held-out pairs. */
export function otherMetricKinds(metric: string): CompareChartKind[] {
  const { options } = otherMetricChart(metric);
  return SPLITS.map((split) => ({
    options: onPairs(options, split, false),
    split,
    metric,
    alarms: [],
    isExact: false,
  }));
}

/** Measured on training and on held-out pairs, whichever the charts of a run show. */
const ON_PAIRS = /^(loss|accuracy|log_ratio_|logp_|sft_loss)/;

function kindsOf(kind: RunChartKind, betasDiffer: boolean): CompareChartKind[] {
  const lines = kind.lines.filter(({ metric }) => !metric.startsWith('reference_'));
  const metrics = [...new Set(lines.map(({ metric }) => metric))];
  return metrics.flatMap((metric) => {
    const of = lines.filter((line) => line.metric === metric);
    const [first] = of;
    if (!first) return [];
    const name = metrics.length === 1 ? '' : `: ${first.label}`;
    const options = { ...kind.options, title: `${kind.options.title}${name}` };
    const rest = { metric, isExact: of.some((line) => line.isExact === true), alarms: kind.alarms ?? [] };
    if (!ON_PAIRS.test(metric)) return [{ options, split: first.split, ...rest }];
    return SPLITS.map((split) => ({
      options: onPairs(options, split, metric === 'loss' && betasDiffer),
      split,
      ...rest,
    }));
  });
}

const SPLITS = ['eval', 'train'] as const;

function onPairs(options: ChartOptions, split: MetricsLine['split'], isFormOnly: boolean): ChartOptions {
  const unit = [options.unit, split === 'eval' ? 'held out' : 'training'].filter(Boolean).join(', ');
  if (!isFormOnly) return { ...options, unit };
  const warning = 'Losses of different betas cannot be compared: compare how each develops.';
  return { ...options, unit, explanation: `${options.explanation} ${warning}` };
}
