import type { EffectiveReference, Reader, Rows, TrainerTable } from '../table';
import { asBoolean, asText } from '../values';
import { frozenCopy, modelName, positive, row, TORCH_DTYPES } from './rows';

const PENALTY = 'reference_policy_kl_penalty';

function nemoRlReference(file: Reader): EffectiveReference {
  const copy = frozenCopy(modelName(file, 'policy.model_name'));
  return { ...copy, words: `${copy.words}, its weights as they were at the start` };
}

/** NeMo-RL: YAML files that build upon others (`defaults:`), with overrides in Hydra's manner. Unknown keys are kept. */
export const NEMO_RL: TrainerTable = {
  id: 'nemo-rl',
  trainer: 'NeMo-RL',
  launch: 'uv run examples/run_dpo.py --config FILE',
  packages: { 'nemo-rl': '0.5.0' },
  rows: {
    'model.path': row('policy.model_name'),
    'objective.beta': row(`dpo.${PENALTY}`, 0.05),
    'objective.length_normalized': row('dpo.preference_average_log_probs', false),
    'objective.sft_weight': row('dpo.sft_loss_weight', 0),
    'data.train.path': row([
      'data.train.dataset_name',
      'data.train.data_path',
      'data.dataset_name',
      'data.train_data_path',
    ]),
    'data.eval.path': row([
      'data.validation.dataset_name',
      'data.validation.data_path',
      'data.val_data_path',
    ]),
    'data.max_length': row('policy.max_total_sequence_length', 1024),
    'training.method': {
      ...row(['policy.dtensor_cfg.lora_cfg.enabled', 'policy.megatron_cfg.peft.enabled'], 'full'),
      read: (value) => (asBoolean(value) ? 'lora' : 'full'),
      write: (value) => value === 'lora',
    },
    'training.lora.rank': row('policy.dtensor_cfg.lora_cfg.dim', 8),
    'training.lora.alpha': row('policy.dtensor_cfg.lora_cfg.alpha', 32),
    // Whichever comes first ends the run: in recipes the steps do.
    'training.epochs': {
      ...row('dpo.max_num_epochs', 1),
      read: (value, _key, file) => (file.has('dpo.max_num_steps') ? undefined : value),
    },
    'training.steps': positive('dpo.max_num_steps', 150),
    'training.batch_size': row('policy.train_global_batch_size', 128),
    'training.micro_batch_size': row('policy.train_micro_batch_size', 2),
    'training.learning_rate': row(['policy.optimizer.kwargs.lr', 'policy.megatron_cfg.optimizer.lr'], 5e-6),
    'training.weight_decay': row([
      'policy.optimizer.kwargs.weight_decay',
      'policy.megatron_cfg.optimizer.weight_decay',
    ]),
    'training.max_grad_norm': row('policy.max_grad_norm', 1),
    'training.seed': row('dpo.seed', 42),
    'training.precision': { ...row('policy.precision', 'bf16'), words: TORCH_DTYPES },
    'training.eval_every': positive('dpo.val_period', 25),
    'training.save_every': positive('checkpointing.save_period', 50),
    'training.keep_checkpoints': row('checkpointing.keep_top_k', 3),
    'backend.torch.processes': row('cluster.gpus_per_node'),
  },
  unknownKeys: 'ignored',
  changes: [],
  losses: ['sigmoid'],
  smoothedLosses: () => [],
  substitutesVariables: true,
  logs: ['logs/exp_*/', 'stdout'],
  reference: nemoRlReference,
};

/** `model.dpo.*` in the trainer's own files, `dpo.*` in files that are put together by Hydra. */
const aligner = (key: string): string[] => [`model.dpo.${key}`, `dpo.${key}`];

const ALIGNER_ROWS: Rows = {
  'model.path': row(['pretrained_checkpoint.restore_from_path', 'model.restore_from_path']),
  'objective.beta': row(aligner('ref_policy_kl_penalty'), 0.2),
  'objective.loss': {
    ...row(aligner('preference_loss'), 'sigmoid'),
    words: { dpo: 'sigmoid', ipo: 'ipo' },
    others: ['rpo_sq', 'rpo_bwd_kl', 'rpo_fwd_kl'],
  },
  'objective.length_normalized': row(
    [...aligner('preference_average_log_probs'), ...aligner('average_log_probs')],
    false,
  ),
  'objective.sft_weight': row(aligner('sft_loss_weight'), 0),
  'data.max_length': row(['model.data.seq_length', 'data.seq_length', 'model.encoder_seq_length']),
  'training.method': {
    ...row('model.peft.peft_scheme', 'full'),
    read: (value) => (value === 'lora' ? 'lora' : value === 'none' ? 'full' : undefined),
    readOnly: true,
  },
  'training.batch_size': row(['model.global_batch_size', 'gbs']),
  'training.micro_batch_size': row(['model.micro_batch_size', 'mbs']),
  'training.learning_rate': row(['model.optim.lr', 'lr'], 9e-6),
  'training.weight_decay': row('model.optim.weight_decay'),
  'training.epochs': row('trainer.dpo.max_epochs', 1),
  'training.steps': positive('trainer.dpo.max_steps'),
  'training.eval_every': positive('trainer.dpo.val_check_interval'),
  'training.save_every': positive('trainer.dpo.save_interval'),
  'training.max_grad_norm': row('trainer.dpo.gradient_clip_val'),
  'training.seed': row(['model.seed', 'seed']),
};

/** NeMo-Aligner, which is no longer maintained. */
export const NEMO_ALIGNER: TrainerTable = {
  id: 'nemo-aligner',
  trainer: 'NeMo-Aligner',
  launch: 'torchrun examples/nlp/gpt/train_gpt_dpo.py',
  packages: { 'nemo-aligner': '0.7.0' },
  rows: ALIGNER_ROWS,
  unknownKeys: 'rejected',
  changes: [],
  losses: ['sigmoid', 'ipo'],
  smoothedLosses: () => [],
  substitutesVariables: true,
  logs: ['stdout'],
  reference: (file) => {
    const name = modelName(file, 'pretrained_checkpoint.restore_from_path', 'model.restore_from_path');
    const scheme = asText(file.value('model.peft.peft_scheme'));
    return scheme && scheme !== 'none'
      ? { policy: 'same', words: `the starting policy${name} with the new adapter switched off` }
      : frozenCopy(name);
  },
};
