import { isFields } from '../../src/core/runs/read-files';
import type { KeptCharts } from '../charts/chart-group';
import type { Rewards } from './run-chart-kinds';

/** Where the reader of a run looks: what is kept while its panel is hidden. */
export interface RunNavigation {
  readonly charts: KeptCharts;
  readonly rewards: Rewards;
  /** The evaluation whose texts are shown; undefined: the newest one. */
  readonly evaluation?: number | undefined;
  readonly allTexts: boolean;
  /** Pixels. */
  readonly scroll: number;
}

/** Noise of single batches hides what happens; the raw lines stay behind. */
const WEIGHT = 0.8;

/** What a panel kept, of whatever version. */
export function readNavigation(kept: unknown): RunNavigation {
  const { charts, rewards, evaluation, allTexts, scroll } = isFields(kept) ? kept : {};
  return {
    charts: readCharts(charts),
    rewards: rewards === 'raw' ? 'raw' : 'divided',
    evaluation: typeof evaluation === 'number' ? evaluation : undefined,
    allTexts: allTexts === true,
    scroll: typeof scroll === 'number' ? scroll : 0,
  };
}

function readCharts(kept: unknown): KeptCharts {
  if (!isFields(kept)) return { weight: WEIGHT };
  const { range, weight, isLog } = kept;
  const { from, to, isFollowing } = isFields(range) ? range : {};
  return {
    ...(typeof from === 'number' &&
      typeof to === 'number' &&
      from < to && { range: { from, to, isFollowing: isFollowing === true } }),
    weight: typeof weight === 'number' && weight >= 0 && weight < 1 ? weight : WEIGHT,
    isLog: isLog === true,
  };
}
