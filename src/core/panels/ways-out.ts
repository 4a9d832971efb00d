import type { Config, OptionPath } from '../config/config';
import type { Alarm } from '../runs/alarm';
import { gridAround } from '../sweeps/grid';
import { decimal } from '../words/numbers';

/** A change of the config that may keep an alarm away from the next run. */
export interface WayOut {
  /** `Beta 0.5`. */
  readonly label: string;
  /** Why it may help, as a sentence. */
  readonly why: string;
  readonly changes: readonly { readonly path: OptionPath; readonly value: number | string | boolean }[];
}

type Known = Partial<Config>;

/** At most three, the likeliest first. None where what they would change is not known, or is set so already. */
export function waysOut({ code, step }: Pick<Alarm, 'code' | 'step'>, config: Known): WayOut[] {
  const found = (WAYS[code] ?? []).flatMap((way) => way(config, step) ?? []);
  return found.slice(0, 3);
}

type Way = (config: Known, step: number) => WayOut | undefined;

const largerBeta: Way = ({ 'objective.beta': beta }) => {
  const larger = beta === undefined ? undefined : gridAround(beta)[1];
  return larger === undefined
    ? undefined
    : one('objective.beta', larger, `Beta ${decimal(larger)}`, 'It pulls harder to the reference.');
};

const smallerBeta: Way = ({ 'objective.beta': beta }) => {
  const smaller = beta === undefined ? undefined : gridAround(beta)[3];
  return smaller === undefined
    ? undefined
    : one(
        'objective.beta',
        smaller,
        `Beta ${decimal(smaller)}`,
        'Pairs saturate later, so more of them train.',
      );
};

const rate =
  (factor: number, why: string): Way =>
  ({ 'training.learning_rate': now }) => {
    if (now === undefined) return undefined;
    const value = Number((factor * now).toPrecision(2));
    return one('training.learning_rate', value, `Learning rate ${value.toExponential()}`, why);
  };
const slower = rate(0.5, 'Smaller steps stay closer to what the model can do.');
const faster = rate(10, 'The policy hardly moves with the present one.');

const endsHere: Way = ({ 'training.steps': steps, 'training.eval_every': every = 1 }, step) => {
  const before = Math.max(1, step - every);
  return steps !== undefined && before >= steps
    ? undefined
    : one('training.steps', before, `${before} steps`, 'It ends before the alarm was raised.');
};

const longWarmup: Way = ({ 'training.warmup': warmup }) =>
  warmup !== undefined && warmup >= 0.1
    ? undefined
    : one('training.warmup', 0.1, 'Warm-up 10 %', 'The first steps are the wildest ones.');

const exact: Way = ({ 'training.precision': precision }) =>
  precision === 'fp32'
    ? undefined
    : one('training.precision', 'fp32', 'Precision fp32', 'fp16 overflows, and bf16 rounds.');

const imitation: Way = ({ 'objective.sft_weight': weight }) =>
  weight === undefined || weight > 0
    ? undefined
    : one('objective.sft_weight', 0.1, 'SFT weight 0.1', 'It keeps chosen responses likely.');

const noImitation: Way = ({ 'objective.sft_weight': weight }) =>
  weight === undefined || weight === 0
    ? undefined
    : one(
        'objective.sft_weight',
        0,
        'No SFT term',
        'It makes the policy imitate the chosen answers, faults included.',
      );

const doubt: Way = ({ 'objective.label_smoothing': smoothing, 'objective.loss': loss }) =>
  loss !== 'sigmoid' || smoothing !== 0
    ? undefined
    : one(
        'objective.label_smoothing',
        0.1,
        'Label smoothing 0.1',
        'The loss then expects one label in ten to be wrong.',
      );

const swap: Way = ({ 'data.columns.chosen': chosen, 'data.columns.rejected': rejected }) =>
  chosen === undefined || rejected === undefined
    ? undefined
    : {
        label: 'Swap chosen and rejected',
        why: 'Training and held-out pairs prefer opposite things.',
        changes: [
          { path: 'data.columns.chosen', value: rejected },
          { path: 'data.columns.rejected', value: chosen },
        ],
      };

const ownReference: Way = ({ 'reference.policy': policy, 'reference.logprobs': logprobs }) =>
  policy === 'same' && logprobs === 'compute'
    ? undefined
    : {
        label: 'The starting policy as reference',
        why: 'Its log-probabilities are computed anew, with this template.',
        changes: [
          { path: 'reference.policy', value: 'same' },
          { path: 'reference.logprobs', value: 'compute' },
        ],
      };

const exactReference: Way = ({ 'reference.dtype': dtype }) =>
  dtype === 'fp32'
    ? undefined
    : one('reference.dtype', 'fp32', 'Reference in fp32', 'Lower precision shifts its log-probabilities.');

const plainPrompts: Way = ({ 'data.chat_template': template }) =>
  template === undefined || template === 'none'
    ? undefined
    : one(
        'data.chat_template',
        'none',
        'No chat template',
        'Stored log-probabilities may be of plain prompts.',
      );

const morePatience: Way = ({ 'training.steps': steps }) =>
  steps === undefined
    ? undefined
    : one('training.steps', 2 * steps, `${2 * steps} steps`, 'Learning may only be slow.');

const onePair: Way = ({ 'training.micro_batch_size': pairs }) =>
  pairs === undefined || pairs === 1
    ? undefined
    : one('training.micro_batch_size', 1, 'One pair at a time', 'The result stays the same, memory falls.');

const shorter: Way = ({ 'data.max_length': length }) =>
  length === undefined || length < 64
    ? undefined
    : one(
        'data.max_length',
        Math.round(length / 2),
        `Sequences of ${Math.round(length / 2)} tokens`,
        'Memory grows with the longest.',
      );

const adapter: Way = ({ 'training.method': method }) =>
  method === 'lora'
    ? undefined
    : one('training.method', 'lora', 'Train an adapter', 'It has a hundredth of the parameters.');

const halfRank: Way = ({ 'training.method': method, 'training.lora.rank': rank }) =>
  method !== 'lora' || rank === undefined || rank < 2
    ? undefined
    : one(
        'training.lora.rank',
        Math.floor(rank / 2),
        `LoRA rank ${Math.floor(rank / 2)}`,
        'The adapter and its moments take half.',
      );

const pytorch: Way = ({ 'backend.kind': kind }) =>
  kind === 'onnx'
    ? one(
        'backend.kind',
        'torch',
        'Train with PyTorch',
        'It computes activations again in place of keeping them.',
      )
    : undefined;

const clipped: Way = ({ 'training.max_grad_norm': norm }) =>
  norm === undefined || norm <= 0.1
    ? undefined
    : one(
        'training.max_grad_norm',
        Number((norm / 2).toPrecision(2)),
        `Gradients clipped at ${decimal(norm / 2)}`,
        'One odd pair moves less.',
      );

const WAYS: Readonly<Record<string, readonly Way[]>> = {
  RUN001: [ownReference, exactReference, exact, plainPrompts],
  RUN001b: [smallerBeta, ownReference, exactReference],
  RUN002: [faster, morePatience, smallerBeta],
  RUN003: [slower, longWarmup, exact, clipped, largerBeta],
  RUN004: [slower, doubt, endsHere],
  RUN005: [largerBeta, imitation, endsHere],
  RUN006: [largerBeta, slower, endsHere],
  RUN007: [faster, doubt, swap],
  RUN008: [endsHere, slower, doubt],
  RUN009: [slower, longWarmup, clipped, largerBeta],
  RUN010: [onePair, shorter, adapter, halfRank, pytorch],
  RUN013: [largerBeta, slower, endsHere],
  RUN014: [swap, doubt, slower],
  RUN015: [noImitation, largerBeta, slower, endsHere],
};

function one(path: OptionPath, value: number | string, label: string, why: string): WayOut {
  return { label, why, changes: [{ path, value }] };
}
