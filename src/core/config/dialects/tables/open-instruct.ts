import type { Plain } from '../../tree';
import type { KeyChange, TrainerTable } from '../table';
import { asBoolean, asList, asText } from '../values';
import { frozenCopy, loraSwitch, modelName, positive, row, schedule } from './rows';

const renamed = (key: string, to: string, instead = `It is called ${to} now.`): KeyChange => ({
  code: 'KEY007',
  key,
  package: 'open-instruct',
  until: '2026.1',
  instead,
  fix: { title: `Rename to ${to}`, rename: to },
});

/** Its losses in the words of the option table: `dpo_norm` averages log-probabilities. */
const LOSSES: Readonly<Record<string, string>> = { dpo: 'sigmoid', dpo_norm: 'sigmoid' };

function firstOfMixture(value: Plain, key: string): Plain | undefined {
  if (key.endsWith('list') || key === 'mixer_list') return (asList(value) ?? [])[0];
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return Object.keys(value)[0];
  return asText(value)?.startsWith('{') ? undefined : value;
}

/** open-instruct: by YAML as the first argument or by flags; its own versions are dates. */
export const OPEN_INSTRUCT: TrainerTable = {
  id: 'open-instruct',
  trainer: 'open-instruct',
  launch: 'accelerate launch open_instruct/dpo_tune_cache.py FILE',
  packages: { 'open-instruct': '2026.11' },
  rows: {
    'model.path': row('model_name_or_path'),
    'model.revision': row('model_revision', 'main'),
    'objective.beta': row(['beta', 'dpo_beta'], 5),
    'objective.loss': {
      ...row(['loss_type', 'dpo_loss_type'], 'sigmoid'),
      words: LOSSES,
      others: ['simpo', 'wpo'],
      write: (value) => (value === 'sigmoid' ? 'dpo' : undefined),
    },
    'objective.length_normalized': {
      ...row(['loss_type', 'dpo_loss_type'], true),
      read: (value) => value === 'dpo_norm' || value === 'simpo',
      write: (value) => (value === true ? 'dpo_norm' : 'dpo'),
    },
    'objective.label_smoothing': row(['label_smoothing', 'dpo_label_smoothing'], 0),
    'data.train.path': {
      ...row(['mixer_list', 'dataset_mixer_list', 'dataset_mixer', 'dataset_name', 'train_file']),
      read: firstOfMixture,
      readOnly: true,
    },
    'data.max_length': row('max_seq_length'),
    'data.chat_template': row('chat_template_name'),
    'data.limit': row('max_train_samples'),
    'training.method': loraSwitch('use_lora'),
    'training.lora.rank': row('lora_rank', 64),
    'training.lora.alpha': row('lora_alpha', 16),
    'training.lora.quantize': {
      ...row('use_qlora', 'none'),
      read: (value) => (asBoolean(value) ? 'nf4' : 'none'),
      write: (value) => value === 'nf4',
    },
    'training.epochs': row(['num_epochs', 'num_train_epochs'], 1),
    'training.steps': positive('max_train_steps'),
    'training.micro_batch_size': row('per_device_train_batch_size', 8),
    'training.learning_rate': row('learning_rate', 2e-5),
    'training.schedule': schedule('lr_scheduler_type', 'linear'),
    'training.warmup': row('warmup_ratio', 0.1),
    'training.weight_decay': row('weight_decay', 0),
    'training.max_grad_norm': positive(['max_grad_norm', 'clip_grad_norm']),
    'training.seed': row('seed', 42),
    'training.log_every': row('logging_steps', 1),
    'training.save_every': {
      ...row('checkpointing_steps', 500),
      read: (value) => (value === 'epoch' ? undefined : value),
    },
    'training.keep_checkpoints': row('keep_last_n_checkpoints', 3),
  },
  unknownKeys: 'rejected',
  changes: [
    renamed(
      'dpo_beta',
      'beta',
      'It is called beta now, and the default became 5 with averaged log-probabilities.',
    ),
    renamed('dpo_loss_type', 'loss_type', 'It is called loss_type now, and the default became dpo_norm.'),
    renamed('dpo_label_smoothing', 'label_smoothing'),
    renamed('dataset_mixer_list', 'mixer_list'),
    renamed('num_train_epochs', 'num_epochs'),
  ],
  losses: ['sigmoid'],
  smoothedLosses: () => ['sigmoid'],
  logs: ['stdout'],
  reference: (file) => {
    const loss = asText(file.value('loss_type', 'dpo_loss_type'));
    if (loss === 'simpo') return { policy: 'none', words: 'none: the loss simpo compares no reference' };
    const copy = frozenCopy(modelName(file, 'model_name_or_path'));
    return { ...copy, words: `${copy.words}, its log-probabilities computed once before training` };
  },
};
