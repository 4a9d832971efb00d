import { check } from '../../core/check/check';
import { resolveConfig } from '../../core/config/resolved';
import { readTextFile } from '../../node/files/text-files';
import type { LaunchRequest } from '../../node/launch/launch-plan';

/** What a sweep that trains in rounds may do. */
export interface Rounds {
  readonly grid: readonly number[];
  readonly seeds: readonly number[];
  readonly budgetRuns: number;
  /** Infinite where the config names none. */
  readonly budgetMinutes: number;
}

/** Seeds of every beta that the budget is counted for, where the config names none. */
const USUAL_SEEDS = 3;

/** Undefined where a sweep trains every beta with every seed, or names no betas; a config with errors is not started. */
export async function roundsOf(
  configFile: string,
  { beta, seeds }: NonNullable<LaunchRequest['sweep']>,
): Promise<Rounds | undefined> {
  // A file that cannot be read is reported by who starts it.
  const text = await readTextFile(configFile).catch(() => '');
  const config = resolveConfig(check(text, configFile).experiment);
  const grid = beta ?? config['sweep.beta'];
  if (config['sweep.until'] !== 'decided' || !grid) return undefined;
  return {
    grid,
    seeds: seeds ?? config['sweep.seeds'] ?? [config['training.seed']],
    budgetRuns: config['sweep.budget_runs'] ?? USUAL_SEEDS * grid.length,
    budgetMinutes: config['sweep.budget_minutes'] ?? Number.POSITIVE_INFINITY,
  };
}
