import type { Config } from '../config/config';
import { coarseGrid } from './grid';

export interface Arm {
  readonly beta: number;
  readonly seed: number;
}

/** What takes the place of the config's sweep section. */
export interface SweepChoice {
  readonly beta?: readonly number[];
  readonly seeds?: readonly number[];
  /** Just these, in place of every beta with every seed. */
  readonly arms?: readonly Arm[];
}

/**
 * The arms of a sweep, each once; of one that trains in rounds, those of the first round. Every beta with the first seed, then with the next, so that an unfinished sweep still
 * compares betas. Empty where neither the config nor the choice names betas or seeds.
 */
export function sweepArms(config: Config, choice: SweepChoice = {}): Arm[] {
  if (choice.arms) return [...choice.arms];
  const betas = choice.beta ?? config['sweep.beta'];
  const seeds = choice.seeds ?? config['sweep.seeds'];
  if (!betas && !seeds) return [];
  if (config['sweep.until'] === 'decided' && betas)
    return coarseGrid(betas).map((beta) => ({ beta, seed: seeds?.[0] ?? config['training.seed'] }));
  const [everyBeta, everySeed] = [
    betas ?? [config['objective.beta']],
    seeds ?? [config['training.seed']],
  ].map((values) => [...new Set(values)]);
  return (everySeed ?? []).flatMap((seed) => (everyBeta ?? []).map((beta) => ({ beta, seed })));
}

/** The config of one arm: it sweeps nothing itself. */
export function armConfig(config: Config, { beta, seed }: Arm): Config {
  return {
    ...config,
    'objective.beta': beta,
    'training.seed': seed,
    'sweep.beta': undefined,
    'sweep.seeds': undefined,
  };
}
