import { type JsonNumber, type MetricName, toJsonNumber } from '../runs/format';

/** A name that trainers give to a value that we know. */
export interface MetricAlias {
  readonly metric: MetricName;
  /** As the trainer writes it, without `train/` and without the prefix of evaluations. */
  readonly name: string;
  /** Who writes it so. */
  readonly trainers: string;
  /** What it means there, where that is not what our name means. */
  readonly note?: string;
}

const HUGGING_FACE = 'TRL, alignment-handbook, LLaMA-Factory, axolotl, ms-swift';

/** The one table of names of metrics: importers read with it, and `docs/METRICS.md` is made from it. */
export const METRIC_ALIASES: readonly MetricAlias[] = [
  { metric: 'loss', name: 'loss', trainers: `${HUGGING_FACE}, torchtune, OpenRLHF, NeMo-RL` },
  {
    metric: 'loss',
    name: 'train_loss',
    trainers: 'open-instruct',
    note: 'In a last line of Hugging Face trainers, beside `train_runtime`, it is the mean over the run and not read.',
  },
  { metric: 'loss', name: 'loss_mean', trainers: 'OpenRLHF', note: 'Mean over the epoch so far.' },
  { metric: 'loss', name: 'val_loss', trainers: 'NeMo-RL' },
  { metric: 'reward_chosen', name: 'rewards/chosen', trainers: `${HUGGING_FACE}, open-instruct, torchtune` },
  { metric: 'reward_chosen', name: 'chosen_reward', trainers: 'OpenRLHF' },
  { metric: 'reward_chosen', name: 'rewards_chosen_mean', trainers: 'NeMo-RL' },
  {
    metric: 'reward_rejected',
    name: 'rewards/rejected',
    trainers: `${HUGGING_FACE}, open-instruct, torchtune`,
  },
  { metric: 'reward_rejected', name: 'reject_reward', trainers: 'OpenRLHF' },
  { metric: 'reward_rejected', name: 'rewards_rejected_mean', trainers: 'NeMo-RL' },
  { metric: 'reward_margin', name: 'rewards/margins', trainers: `${HUGGING_FACE}, torchtune` },
  { metric: 'reward_margin', name: 'rewards/margin', trainers: 'open-instruct' },
  {
    metric: 'accuracy',
    name: 'rewards/accuracies',
    trainers: `${HUGGING_FACE}, torchtune`,
    note: 'Ties count as wrong, so it starts at 0.',
  },
  { metric: 'accuracy', name: 'rewards/accuracy', trainers: 'open-instruct' },
  { metric: 'accuracy', name: 'accuracy', trainers: 'LLaMA-Factory (trainer_log.jsonl), NeMo-RL' },
  { metric: 'accuracy', name: 'acc', trainers: 'OpenRLHF' },
  { metric: 'accuracy', name: 'acc_mean', trainers: 'OpenRLHF', note: 'Mean over the epoch so far.' },
  { metric: 'logp_chosen', name: 'logps/chosen', trainers: `${HUGGING_FACE}, open-instruct` },
  { metric: 'logp_chosen', name: 'log_probs/chosen', trainers: 'torchtune' },
  { metric: 'logp_rejected', name: 'logps/rejected', trainers: `${HUGGING_FACE}, open-instruct` },
  { metric: 'logp_rejected', name: 'log_probs/rejected', trainers: 'torchtune' },
  { metric: 'sft_loss', name: 'nll_loss', trainers: 'TRL', note: 'Only with an SFT term (`rpo_alpha`).' },
  { metric: 'sft_loss', name: 'sft_loss', trainers: 'LLaMA-Factory, NeMo-RL' },
  { metric: 'learning_rate', name: 'learning_rate', trainers: `${HUGGING_FACE}, open-instruct` },
  {
    metric: 'learning_rate',
    name: 'lr',
    trainers: 'LLaMA-Factory (trainer_log.jsonl), torchtune, OpenRLHF, NeMo-RL',
  },
  { metric: 'gradient_norm', name: 'grad_norm', trainers: `${HUGGING_FACE}, torchtune, NeMo-RL` },
  { metric: 'epoch', name: 'epoch', trainers: `${HUGGING_FACE}, open-instruct` },
  {
    metric: 'tokens_per_second',
    name: 'tokens_per_second_per_gpu',
    trainers: 'torchtune',
    note: 'Of one GPU.',
  },
];

const BY_NAME: ReadonlyMap<string, MetricName> = new Map(
  METRIC_ALIASES.map(({ name, metric }) => [name, metric]),
);

/** Prefixes of values that were measured on held-out pairs. */
export const EVAL_PREFIXES = ['eval_', 'eval/', 'val_', 'val/', 'validation/', 'validation_'] as const;

/** A named value of another trainer in our words. */
export interface AliasedMetric {
  readonly split: 'train' | 'eval';
  /** Ours where it is known, else the trainer's own. */
  readonly name: string;
}

/** `eval_rewards/chosen`, `train/rewards/chosen` and `eval/eval_loss` in our words. */
export function aliasedMetric(written: string): AliasedMetric {
  let name = written.startsWith('train/') ? written.slice('train/'.length) : written;
  const isEval =
    EVAL_PREFIXES.some((prefix) => name.startsWith(prefix)) || /^validation-[^_/]*[_/]/.test(name);
  // TensorBoard's callbacks of Hugging Face write eval/loss, OpenRLHF eval/eval_loss.
  if (isEval)
    name = name.replace(/^(?:eval|val|validation(?:-[^_/]*)?)[_/]/, '').replace(/^(?:eval|val)_/, '');
  return { split: isEval ? 'eval' : 'train', name: BY_NAME.get(name) ?? name };
}

/**
 * Adds what follows from the values: the margin, where a trainer logs both rewards only, and the log-ratios, which are the
 * rewards divided by beta.
 *
 * @param beta undefined where it is not known, or where rewards of this loss are no log-ratios
 */
export function withDerived(
  values: Readonly<Record<string, number>>,
  beta: number | undefined,
): Record<string, JsonNumber> {
  const all: Record<string, number> = { ...values };
  const { reward_chosen: chosen, reward_rejected: rejected } = values;
  if (chosen !== undefined && rejected !== undefined) all.reward_margin ??= chosen - rejected;
  for (const side of ['chosen', 'rejected', 'margin']) {
    const reward = all[`reward_${side}`];
    if (beta !== undefined && reward !== undefined) all[`log_ratio_${side}`] ??= reward / beta;
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, toJsonNumber(value)]));
}
