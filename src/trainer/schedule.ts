import type { Config } from '../core/config/config';
import { mixSeeds, SeededRandom } from '../core/seeded-random';

/** How many optimizer steps a run has, which pairs each sees, and its learning rate. */
export interface Schedule {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** @param step 1 at the first */
  learningRate(step: number): number;
  /** Indices of the pairs of a step; the last step of an epoch may have fewer than the others. */
  pairsOf(step: number): readonly number[];
  /** Passes over the pairs when a step is done. */
  epochAfter(step: number): number;
}

type Settings = Pick<
  Config,
  | 'training.epochs'
  | 'training.steps'
  | 'training.batch_size'
  | 'training.learning_rate'
  | 'training.schedule'
  | 'training.warmup'
  | 'training.seed'
>;

/**
 * `training.steps` wins over `training.epochs`, as VAL005 says. Learning rates are those of the schedulers of
 * transformers: the first step of a warm-up has rate 0.
 *
 * @param pairs training pairs, at least 1
 */
export function makeSchedule(config: Settings, pairs: number): Schedule {
  const batchSize = config['training.batch_size'];
  const stepsPerEpoch = Math.ceil(pairs / batchSize);
  const totalSteps = config['training.steps'] ?? Math.ceil(config['training.epochs'] * stepsPerEpoch);
  const warmup = config['training.warmup'];
  const warmupSteps = warmup < 1 ? Math.ceil(warmup * totalSteps) : warmup;
  const seed = config['training.seed'];
  let shuffled: { epoch: number; order: readonly number[] } | undefined;
  return {
    totalSteps,
    stepsPerEpoch,
    learningRate: (step) =>
      config['training.learning_rate'] *
      shareOfPeak(config['training.schedule'], step - 1, warmupSteps, totalSteps),
    pairsOf: (step) => {
      const epoch = Math.floor((step - 1) / stepsPerEpoch);
      if (shuffled?.epoch !== epoch) {
        shuffled = { epoch, order: new SeededRandom(mixSeeds(seed, epoch)).permutation(pairs) };
      }
      const start = ((step - 1) % stepsPerEpoch) * batchSize;
      return shuffled.order.slice(start, start + batchSize);
    },
    epochAfter: (step) => step / stepsPerEpoch,
  };
}

/** @param done steps before this one */
function shareOfPeak(
  schedule: Config['training.schedule'],
  done: number,
  warmupSteps: number,
  totalSteps: number,
): number {
  if (done < warmupSteps) return done / Math.max(1, warmupSteps);
  if (schedule === 'constant') return 1;
  const progress = (done - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return schedule === 'linear' ? Math.max(0, 1 - progress) : 0.5 * (1 + Math.cos(Math.PI * progress));
}
