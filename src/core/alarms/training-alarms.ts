import type { Config } from '../config/config';
import type { AlarmContext, AlarmDetector } from '../runs/alarm';
import type { MetricName } from '../runs/format';
import { share, short } from './alarm-words';
import { MovingAverage, MovingMedian } from './running-statistics';
import { wilson } from './share-interval';
import { foreignStart, hardlyLearned, otherStart, stuck } from './start-alarms';

/** Alarms over what every optimizer step logs. */
export function trainingAlarms(context: AlarmContext): AlarmDetector[] {
  const { config } = context;
  return [
    notFinite(context),
    ...(hasOwnReference(config)
      ? [otherStart(context), stuck(context), hardlyLearned(context), noSignal(context), displacement(config)]
      : hasAnotherModel(config)
        ? [foreignStart(config)]
        : []),
    earlySeparation(context),
    gradientSpikes(),
  ];
}

/** The reference is the starting policy itself, so that every log-ratio starts at 0. */
function hasOwnReference(config: Partial<Config>): boolean {
  return (
    config['reference.policy'] === 'same' &&
    config['reference.score'] === 'conditional' &&
    config['reference.adapter'] === undefined
  );
}

/** A prior or no reference at all is no model to be compared with, nor is one that is not known. */
function hasAnotherModel(config: Partial<Config>): boolean {
  const policy = config['reference.policy'];
  return policy !== undefined && policy !== 'none' && config['reference.score'] === 'conditional';
}

/** Lines that a mean needs before it is judged. */
const ENOUGH = 10;

const MUST_BE_FINITE = [
  'loss',
  'reward_chosen',
  'reward_rejected',
  'reward_margin',
  'logp_chosen',
  'logp_rejected',
  'gradient_norm',
] as const satisfies readonly MetricName[];

/** RUN003: numbers left the finite range. A trainer may hide a loss that is NaN as exactly 0. */
function notFinite({ config }: AlarmContext): AlarmDetector {
  const precision = config['training.precision'];
  const wider =
    precision === 'fp32' ? '' : `, or compute in ${precision === 'fp16' ? 'bf16 or fp32' : 'fp32'}`;
  return ({ split, values }, value) => {
    if (split !== 'train') return undefined;
    const bad = MUST_BE_FINITE.find((name) => values[name] !== undefined && !Number.isFinite(value(name)));
    const hidden = value('loss') === 0 && value('accuracy') === 0;
    if (bad === undefined && !hidden) return undefined;
    return {
      code: 'RUN003',
      severity: 'error',
      message: `Training diverged: ${bad === undefined ? 'a loss of exactly 0 with no pair ranked right hides one that is no number' : `${bad} is ${values[bad]}`}. Lower training.learning_rate or lengthen training.warmup${wider}.`,
    };
  };
}

/** RUN004: pairs are told apart almost at once. A fact about the start, which does not pass. */
function earlySeparation({ config, totalSteps }: AlarmContext): AlarmDetector {
  const [loss, accuracy] = [new MovingAverage(), new MovingAverage()];
  const applies = config['objective.loss'] === 'sigmoid' && config['objective.sft_weight'] === 0;
  return ({ split, step }, value) => {
    if (split !== 'train' || !applies) return undefined;
    loss.see(value('loss'));
    accuracy.see(value('accuracy'));
    const isEarly = step < 0.15 * (totalSteps() ?? 0);
    if (!isEarly || loss.count < 3 || !(loss.value < 0.05 && accuracy.value >= 0.99)) return undefined;
    return {
      code: 'RUN004',
      severity: loss.value < 0.01 ? 'error' : 'warning',
      message: `Pairs are told apart almost perfectly after ${share(step, totalSteps())} of training: they are trivially different, the learning rate is too high, or beta is too large for the distance between policy and reference. Lower training.learning_rate, or use pairs that the policy itself could have written.`,
      about: ['loss', 'accuracy'],
    };
  };
}

/**
 * RUN005: chosen responses become unlikely, while the margin grows because rejected ones fall faster. An early sign only:
 * it is seen at the betas that do best, too.
 */
function displacement(config: Partial<Config>): AlarmDetector {
  const [ratio, margin, logp] = [new MovingAverage(), new MovingAverage(), new MovingAverage()];
  const perToken = config['objective.length_normalized'];
  return ({ split }, value) => {
    if (split !== 'train' || perToken) return undefined;
    ratio.see(value('log_ratio_chosen'));
    margin.see(value('log_ratio_margin'));
    logp.see(value('logp_chosen'));
    if (ratio.count < ENOUGH) return undefined;
    if (ratio.value > -1) return 'well';
    if (!(margin.value > 0)) return undefined;
    // The log-ratio is the fall on these very pairs: batches of long and short responses do not blur it.
    const fall = -ratio.value / Math.abs(logp.value - ratio.value);
    const isMuch = ratio.value < -30 || fall > 0.25;
    return {
      code: 'RUN005',
      severity: 'info',
      level: isMuch ? 2 : 1,
      message: `Chosen responses became ${short(-ratio.value)} nats less likely than under the reference (${Math.round(100 * fall)} % of their log-probability), although the margin grows. ${isMuch ? 'Probability is moving to answers outside your data, which may still be good ones: look at generated texts and the win rate. Where they are worse, raise objective.beta, add objective.sft_weight, or stop earlier.' : 'That is normal for DPO as long as it stays small: rejected ones fall faster.'}`,
      about: ['log_ratio_chosen', 'log_ratio_margin'],
    };
  };
}

/** Training pairs ranked, after which that half of them are as labelled is no accident. */
const MANY_PAIRS = 500;

/** RUN007: pairs are ranked no better than by chance. */
function noSignal({ config, totalSteps, evalPairs }: AlarmContext): AlarmDetector {
  const [accuracy, margin] = [new MovingAverage(), new MovingAverage()];
  let [held, sum, lines] = [Number.NaN, 0, 0];
  return ({ split, step }, value) => {
    if (split === 'eval') {
      if (step > 0) held = value('accuracy');
      return undefined;
    }
    accuracy.see(value('accuracy'));
    margin.see(value('log_ratio_margin'));
    if (Number.isFinite(value('accuracy'))) [sum, lines] = [sum + value('accuracy'), lines + 1];
    const done = step / (totalSteps() ?? Number.POSITIVE_INFINITY);
    if (!(done > 0.2) || accuracy.count < ENOUGH) return undefined;
    // Held-out pairs show it best: random labels push margins about, too.
    const heldPairs = Number.isFinite(held) ? (evalPairs?.() ?? 0) : 0;
    const isHeldOut = heldPairs > 0 && wilson(held, heldPairs, 1.96)[0] <= 0.5;
    if (accuracy.value > 0.6 || accuracy.value < 0.4) return 'well';
    const isTrained = Math.abs(accuracy.value - 0.5) <= 0.05 && Math.abs(margin.value) < 0.5;
    if (!(isTrained || isHeldOut)) return Math.abs(margin.value) > 1 ? 'well' : undefined;
    const pairs = lines * (config['training.batch_size'] ?? 1);
    const isSure = heldPairs > 0 ? isHeldOut : pairs >= MANY_PAIRS && sum / lines < 0.55;
    const heldOut = Number.isFinite(held) ? `, and ${Math.round(100 * held)} % of held-out ones` : '';
    return {
      code: 'RUN007',
      severity: isSure && done > 0.3 ? 'error' : 'warning',
      about: ['accuracy', 'log_ratio_margin'],
      message: `After ${share(step, totalSteps())} of training, ${Math.round(100 * accuracy.value)} % of pairs are ranked as labelled${heldOut}, and the margin is ${short(margin.value)} nats: no better than chance. Look at some pairs: labels may be random, swapped or on the wrong rows. If they are right, raise training.learning_rate.`,
    };
  };
}

/** RUN009: gradients far above the usual. */
function gradientSpikes(): AlarmDetector {
  const median = new MovingMedian(50);
  let spikes = 0;
  return ({ split }, value) => {
    if (split !== 'train') return undefined;
    const norm = value('gradient_norm');
    const usual = median.value;
    const isSpike = median.count >= ENOUGH && norm > 10 * usual;
    median.see(norm);
    if (isSpike) spikes++;
    if (!isSpike || spikes < 2) return undefined;
    return {
      code: 'RUN009',
      severity: 'warning',
      message: `The gradient jumped to ${short(norm)} for the second time; its median is ${short(usual)}. Lower training.learning_rate or lengthen training.warmup, and look for odd pairs.`,
    };
  };
}
