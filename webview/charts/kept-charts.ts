import { isFields } from '../../src/core/runs/read-files';
import type { KeptRange } from './plot/x-range';

/** Where the reader of charts looks: what a panel keeps. */
export interface KeptCharts {
  readonly range?: KeptRange | undefined;
  /** Of the exponential moving average, in [0, 1); 0: lines as they were measured. */
  readonly weight?: number;
  readonly isLog?: boolean;
  /** By title. */
  readonly charts?: Readonly<Record<string, KeptChart>>;
}

/** What the reader has set for one chart. */
export interface KeptChart {
  /** Labels of lines that are not shown. */
  readonly hidden: readonly string[];
  readonly isTable: boolean;
}

/** Noise of single batches hides what happens; the raw lines stay behind. */
const WEIGHT = 0.8;

/** What a panel kept, of whatever version. */
export function readKeptCharts(kept: unknown): KeptCharts {
  if (!isFields(kept)) return { weight: WEIGHT };
  const { range, weight, isLog, charts } = kept;
  const { from, to, isFollowing } = isFields(range) ? range : {};
  return {
    ...(typeof from === 'number' &&
      typeof to === 'number' &&
      from < to && { range: { from, to, isFollowing: isFollowing === true } }),
    weight: typeof weight === 'number' && weight >= 0 && weight < 1 ? weight : WEIGHT,
    isLog: isLog === true,
    charts: isFields(charts) ? Object.fromEntries(Object.entries(charts).flatMap(readChart)) : {},
  };
}

function readChart([title, chart]: [string, unknown]): [string, KeptChart][] {
  if (!isFields(chart)) return [];
  return [[title, { hidden: readTexts(chart.hidden), isTable: chart.isTable === true }]];
}

/** A list of texts that a panel kept. */
export function readTexts(kept: unknown): string[] {
  return Array.isArray(kept) ? kept.filter((text): text is string => typeof text === 'string') : [];
}
