import type { Config } from '../config/config';
import { coarseGrid } from './grid';

export interface Arm {
  readonly beta: number;
  readonly seed: number;
  /** In place of the config's. */
  readonly learningRate?: number;
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
  if (!betas && !seeds && !config['sweep.learning_rate']) return [];
  if (config['sweep.until'] === 'decided' && betas)
    return coarseGrid(betas).map((beta) => ({ beta, seed: seeds?.[0] ?? config['training.seed'] }));
  const [everyBeta, everySeed] = [
    betas ?? [config['objective.beta']],
    seeds ?? [config['training.seed']],
  ].map((values) => [...new Set(values)]);
  const rates = [...new Set(config['sweep.learning_rate'] ?? [undefined])];
  return (everySeed ?? []).flatMap((seed) =>
    rates.flatMap((learningRate) =>
      (everyBeta ?? []).map((beta) => ({ beta, seed, ...(learningRate !== undefined && { learningRate }) })),
    ),
  );
}

/** The config of one arm: it sweeps nothing itself. */
export function armConfig(config: Config, { beta, seed, learningRate }: Arm): Config {
  return {
    ...config,
    'objective.beta': beta,
    'training.seed': seed,
    'sweep.beta': undefined,
    'sweep.seeds': undefined,
    'sweep.learning_rate': undefined,
    ...(learningRate !== undefined && { 'training.learning_rate': learningRate }),
  };
}
