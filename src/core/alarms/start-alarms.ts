import type { Config } from '../config/config';
import type { AlarmContext, AlarmDetector } from '../runs/alarm';
import type { MetricName } from '../runs/format';
import { share, short } from './alarm-words';
import { MovingAverage } from './running-statistics';

/** Alarms that compare a run with where it must start when the reference is the starting policy. */

/** RUN001: the first loss is not that of a policy that equals its reference. */
export function otherStart({ config, device }: AlarmContext): AlarmDetector {
  const start = startingLoss(config);
  const plain = config['objective.sft_weight'] === 0;
  // Without a known beta only the log-ratio is judged.
  const beta = config['objective.beta'] ?? Number.NaN;
  return ({ split, step }, value) => {
    if (split !== 'train' || step > 1) return undefined;
    const exact = isExact(config, device?.());
    const nats = exact ? 0.2 : 2;
    const ratio = value('log_ratio_chosen');
    const tolerance = Math.max(0.02, exact ? 0 : beta * nats);
    const lossIsOff = plain && start !== undefined && Math.abs(value('loss') - start) > tolerance;
    if (!(lossIsOff || Math.abs(ratio) > nats)) return undefined;
    return {
      code: 'RUN001',
      severity: 'error',
      message: `${lossIsOff ? `The first loss is ${short(value('loss'))}; it would be ${short(start ?? Number.NaN)} if the policy equalled its reference. ` : ''}Before the first step log p of chosen responses differs from the reference by ${short(ratio)} nats on average; ${exact ? 'in float32 it should be 0' : `up to ${nats} can come from rounding`}. The reference is another model than the starting policy: look for a wrong adapter, stored log-probabilities of another model, another number format or chat template.`,
    };
  };
}

/** Policy and reference both computed in float32: by the embedded trainer always, by PyTorch as the run's plan says. */
function isExact(config: Partial<Config>, device: string | undefined): boolean {
  if (config['backend.kind'] === 'onnx') return true;
  const computed = /, (fp32|bf16|fp16)$/.exec(device ?? '')?.[1] ?? config['training.precision'];
  const reference = config['reference.dtype'] ?? 'auto';
  return computed === 'fp32' && (reference === 'auto' || reference === 'fp32');
}

/** At a reward margin of 5 the gradient of the sigmoid loss is 0.7 % of its full size. */
const SATURATED = 5;

/** RUN001b: another model as reference starts the margin away from 0. Held-out pairs tell it better than one batch. */
export function foreignStart(config: Partial<Config>): AlarmDetector {
  const unit = config['objective.length_normalized'] ? 'nats per token' : 'nats';
  let isTold = false;
  return ({ step }, value) => {
    const [reward, margin] = [value('reward_margin'), value('log_ratio_margin')];
    if (isTold || step > 1 || !Number.isFinite(reward) || !Number.isFinite(margin)) return undefined;
    isTold = true;
    const start = `Before the first step the mean margin is ${short(margin)} ${unit} (${short(reward)} as a reward), because the reference is another model than the policy. Compare margins with that, not with 0.`;
    if (Math.abs(reward) <= SATURATED) return { code: 'RUN001b', severity: 'info', message: start };
    return {
      code: 'RUN001b',
      severity: 'warning',
      message: `${start} Beyond 5 the loss is flat, so many pairs hardly train: use a smaller objective.beta${suggested(config, reward)}.`,
    };
  };
}

function suggested({ 'objective.beta': beta }: Partial<Config>, reward: number): string {
  return beta === undefined ? '' : `, such as ${short((beta * SATURATED) / Math.abs(reward))}`;
}

/** Undefined where the loss is not known, or starts at another value for each setting. */
function startingLoss({ 'objective.loss': loss }: Partial<Config>): number | undefined {
  return loss && STARTING_LOSS[loss];
}

const STARTING_LOSS: Readonly<Partial<Record<Config['objective.loss'], number>>> = {
  sigmoid: Math.LN2,
  robust: Math.LN2,
  hinge: 1,
};

/** Logged lines without movement, or that a mean needs. */
const LINES = 10;

/** RUN002: nothing is learned at all. */
export function stuck({ config, totalSteps }: AlarmContext): AlarmDetector {
  const start = config['objective.sft_weight'] === 0 ? startingLoss(config) : undefined;
  let still = 0;
  return ({ split, step }, value) => {
    if (split !== 'train') return undefined;
    const isStill =
      Math.abs(value('reward_margin')) < 1e-4 &&
      (start === undefined || Math.abs(value('loss') - start) < 1e-3);
    still = isStill ? still + 1 : 0;
    if (!isStill && Number.isFinite(value('reward_margin'))) return 'well';
    if (still < LINES || step < Math.max(20, warmupSteps(config, totalSteps()))) return undefined;
    return {
      code: 'RUN002',
      severity: 'error',
      message: `Nothing is learned: over ${still} logged steps the reward margin stayed at 0. ${causeOfStandstill(value)}`,
    };
  };
}

/** RUN002, too: the policy moves, but so little that the run will have changed nothing. */
export function hardlyLearned({ config, totalSteps }: AlarmContext): AlarmDetector {
  const [reward, ratio, loss, chosen] = Array.from({ length: 4 }, () => new MovingAverage()) as [
    MovingAverage,
    MovingAverage,
    MovingAverage,
    MovingAverage,
  ];
  const start = config['objective.sft_weight'] === 0 ? startingLoss(config) : undefined;
  return ({ split, step }, value) => {
    if (split !== 'train' || start === undefined) return undefined;
    reward.see(value('reward_margin'));
    ratio.see(value('log_ratio_margin'));
    loss.see(value('loss'));
    chosen.see(value('log_ratio_chosen'));
    const total = totalSteps() ?? Number.POSITIVE_INFINITY;
    const isMoving =
      Math.abs(reward.value) >= 0.01 ||
      Math.abs(ratio.value) >= 0.1 ||
      loss.value < start - 0.01 ||
      // Where labels are random the policy moves, and both sides with it.
      Math.abs(chosen.value) >= 0.1;
    if (isMoving) return 'well';
    // One that does not move at all is the other detector's.
    if (Math.abs(reward.value) < 1e-4) return undefined;
    if (reward.count < LINES || step < 0.25 * total || step < 2 * warmupSteps(config, total))
      return undefined;
    return {
      code: 'RUN002',
      severity: step < 0.4 * total ? 'warning' : 'error',
      message: `Hardly anything is learned: after ${share(step, total)} of training the margin is ${short(ratio.value)} nats (${short(reward.value)} as a reward), and the loss is where it started. training.learning_rate (${value('learning_rate').toExponential(0)} now) is far too low for this model: raise it tenfold or more.`,
      about: ['reward_margin', 'log_ratio_margin', 'loss', 'learning_rate'],
    };
  };
}

function causeOfStandstill(value: (name: MetricName) => number): string {
  if (value('logp_chosen') === 0 && value('logp_rejected') === 0)
    return 'Every log-probability is 0: the responses are cut away. Raise data.max_length, or lower data.max_prompt_length.';
  if (value('gradient_norm') < 1e-8)
    return 'The gradient is 0: nothing that is trained has an effect. Check training.method and training.lora.targets.';
  if (value('learning_rate') < 1e-9)
    return 'The learning rate is nearly 0. Raise training.learning_rate, or shorten training.warmup.';
  return 'Raise training.learning_rate or objective.beta, and check that chosen and rejected responses differ.';
}

function warmupSteps(config: Partial<Config>, totalSteps = 0): number {
  const warmup = config['training.warmup'] ?? 0;
  return warmup < 1 ? Math.ceil(warmup * totalSteps) : warmup;
}
