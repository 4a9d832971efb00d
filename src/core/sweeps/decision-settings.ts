import { flattenConfig } from '../config/resolved';
import type { RunFile } from '../runs/format';
import { type DecisionSettings, TOLERANCE } from './beta-response';

/**
 * How a sweep is decided: the tolerance of its newest config, and what its arms took.
 *
 * @param meanDuration milliseconds that an arm took; undefined before one has ended
 */
export function decisionSettings(
  runs: readonly (RunFile | undefined)[],
  meanDuration: number | undefined,
): DecisionSettings {
  const newest = runs
    .flatMap((run) => run ?? [])
    .toSorted((a, b) => b.created - a.created)
    .at(0);
  // A run of an older version has no such option.
  const tolerance = newest && flattenConfig(newest.config)['sweep.tolerance'];
  return {
    tolerance: typeof tolerance === 'number' && tolerance > 0 ? tolerance : TOLERANCE,
    costs: { run: (meanDuration ?? 60_000) / 60_000 },
  };
}
