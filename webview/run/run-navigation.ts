import { isFields } from '../../src/core/runs/read-files';
import { type KeptCharts, readKeptCharts } from '../charts/kept-charts';
import type { Rewards } from './run-chart-kinds';

/** Where the reader of a run looks: what is kept while its panel is hidden. */
export interface RunNavigation {
  readonly charts: KeptCharts;
  readonly rewards: Rewards;
  /** The evaluation whose texts are shown; undefined: the newest one. */
  readonly evaluation?: number | undefined;
  readonly allTexts: boolean;
  /** Whether all alarms are unfolded. */
  readonly allAlarms: boolean;
  /** Pixels. */
  readonly scroll: number;
}

/** What a panel kept, of whatever version. */
export function readNavigation(kept: unknown): RunNavigation {
  const { charts, rewards, evaluation, allTexts, allAlarms, scroll } = isFields(kept) ? kept : {};
  return {
    charts: readKeptCharts(charts),
    rewards: rewards === 'raw' ? 'raw' : 'divided',
    evaluation: typeof evaluation === 'number' ? evaluation : undefined,
    allTexts: allTexts === true,
    allAlarms: allAlarms === true,
    scroll: typeof scroll === 'number' ? scroll : 0,
  };
}
