import type { Plain } from '../../tree';
import type { EffectiveReference, Reader, Rows, TrainerTable } from '../table';
import { asBoolean, asList, asText } from '../values';
import {
  frozenCopy,
  loraSwitch,
  modelName,
  NO_REFERENCE,
  positive,
  precision,
  reportTo,
  row,
  schedule,
} from './rows';
import { TRL_LOSSES } from './trl';

/** Trainers with few keys of their own, and scripts around TRL that nobody else uses. */

function first(value: Plain): Plain | undefined {
  return (asList(value) ?? [])[0];
}

export const ALIGN_ANYTHING: TrainerTable = {
  id: 'align-anything',
  trainer: 'align-anything',
  launch: 'deepspeed --module align_anything.trainers.text_to_text.dpo',
  packages: {},
  rows: {
    'model.path': row(['model_cfgs.model_name_or_path', 'model_name_or_path']),
    'objective.beta': row(['train_cfgs.scale_coeff', 'scale_coeff'], 0.1),
    'data.train.path': row(['data_cfgs.train_datasets', 'train_datasets']),
    'data.train.split': row(['data_cfgs.train_split', 'train_split']),
    'data.eval.path': row(['data_cfgs.eval_datasets', 'eval_datasets']),
    'data.chat_template': row(['data_cfgs.train_template', 'train_template']),
    'data.max_length': row(['model_cfgs.model_max_length', 'model_max_length'], 2048),
    'training.method': loraSwitch(['lora_cfgs.use_lora', 'use_lora']),
    'training.lora.rank': row('lora_cfgs.r', 16),
    'training.lora.alpha': row('lora_cfgs.lora_alpha', 16),
    'training.epochs': row(['train_cfgs.epochs', 'epochs'], 3),
    'training.micro_batch_size': row(
      ['train_cfgs.per_device_train_batch_size', 'per_device_train_batch_size'],
      1,
    ),
    'training.learning_rate': row(['train_cfgs.learning_rate', 'learning_rate'], 1e-6),
    'training.schedule': schedule('train_cfgs.lr_scheduler_type', 'cosine'),
    'training.warmup': row(['train_cfgs.lr_warmup_ratio', 'lr_warmup_ratio'], 0.03),
    'training.weight_decay': row(['train_cfgs.weight_decay', 'weight_decay'], 0.05),
    'training.seed': row(['train_cfgs.seed', 'seed'], 42),
    'training.precision': precision('train_cfgs.fp16', 'train_cfgs.bf16'),
  },
  unknownKeys: 'ignored',
  changes: [],
  losses: ['sigmoid'],
  smoothedLosses: () => [],
  substitutesVariables: true,
  logs: ['stdout'],
  reference: (file) => {
    const name = modelName(file, 'model_cfgs.model_name_or_path', 'model_name_or_path');
    return { policy: 'same', words: `a second copy of the starting policy${name}` };
  },
};

/** The trainer of the paper on reference policies: the reference is two columns of the data. */
export const REFDPO: TrainerTable = {
  id: 'refdpo',
  trainer: 'refdpo',
  launch: 'accelerate launch main.py',
  packages: {},
  rows: {
    'model.path': row(['model_pt', 'model_type']),
    'reference.logprobs': { ...row('data_split', 'columns'), read: () => 'columns', readOnly: true },
    'objective.beta': row('beta'),
    'data.train.path': row('dataset'),
    'data.train.split': row('data_split'),
    'data.max_length': row('max_len', 2048),
    'training.epochs': row('epoch', 3),
    'training.learning_rate': row(['lr', 'max_lr'], 5e-7),
    'training.micro_batch_size': row('batch_size'),
    'training.seed': row('seed'),
  },
  unknownKeys: 'rejected',
  changes: [],
  losses: ['sigmoid'],
  smoothedLosses: () => [],
  substitutesVariables: true,
  logs: ['stdout'],
  reference: (file) => {
    if (asBoolean(file.value('ref_free')) === true) return NO_REFERENCE;
    const split = asText(file.value('data_split'));
    return {
      policy: undefined,
      words: `whatever model computed the columns chosen_logprob and rejected_logprob of the data${split ? ` (split ${split})` : ''}`,
    };
  },
};

export const RL2: TrainerTable = {
  id: 'rl2',
  trainer: 'RL2',
  launch: 'torchrun -m RL2.trainer.dpo',
  packages: {},
  rows: {
    'model.path': row('actor.model_name'),
    'reference.policy': {
      ...row('ref_actor.model_name', 'same'),
      read: (value, _key, file) => (value === file.value('actor.model_name') ? 'same' : value),
    },
    'objective.beta': row('actor.beta', 0.1),
    'data.train.path': row(['data.path', 'train_data.path']),
    'data.max_length': row(['data.max_length', 'train_data.max_length']),
    'training.batch_size': row(['data.batch_size', 'train_data.batch_size'], 128),
    'training.epochs': row('trainer.n_epochs', 1),
    'training.learning_rate': row(['actor.lr', 'actor.optimizer.lr'], 5e-7),
    'training.weight_decay': row('actor.weight_decay', 0.01),
    'training.max_grad_norm': row('actor.max_grad_norm', 1),
    'training.warmup': row('actor.warmup_ratio', 0.1),
    'training.lora.rank': positive('actor.lora.rank'),
    'training.lora.alpha': row('actor.lora.alpha', 16),
    'training.method': {
      ...row('actor.lora.rank', 'full'),
      read: (value) => (Number(value) > 0 ? 'lora' : 'full'),
      readOnly: true,
    },
  },
  unknownKeys: 'rejected',
  changes: [],
  losses: ['sigmoid'],
  smoothedLosses: () => [],
  substitutesVariables: true,
  logs: ['stdout'],
  reference: (file) => {
    const policy = asText(file.value('actor.model_name'));
    const model = asText(file.value('ref_actor.model_name'));
    return model === undefined || model === policy
      ? frozenCopy(policy === undefined ? '' : ` ${policy}`)
      : { policy: model, words: `the model ${model}` };
  },
};

/** Sections that scripts of their own sort TRL's keys into. */
const SECTIONS = [
  '',
  'dpo.',
  'training.',
  'train.',
  'model.',
  'trainer.',
  'objective.',
  'objective.options.',
  'data.',
  'dataset.',
  'optim.',
  'lora.',
  'algorithm.options.config.',
  'dpo_config.',
  'training_args.',
  'dpo.training.',
];

function anywhere(...names: string[]): string[] {
  return names.flatMap((name) => SECTIONS.map((section) => section + name));
}

const REFERENCES = anywhere(
  'ref_model',
  'reference_model',
  'ref_model_path',
  'ref_model_name_or_path',
  'ref_model_name',
  'reference_model_path',
  'reference_model_name',
);

const CUSTOM_ROWS: Rows = {
  'model.path': row([
    ...anywhere(
      'policy_model',
      'sft_model_path',
      'model_name_or_path',
      'base_model',
      'model_name',
      'model_id',
      'model_path',
      'policy_model_path',
    ),
    'model.name',
    'model.path',
    'model',
  ]),
  'model.adapter': row(
    anywhere('sft_adapter_dir', 'sft_adapter_path', 'adapter_path', 'adapter_name_or_path'),
  ),
  'reference.policy': row(REFERENCES, 'same'),
  'objective.beta': row(anywhere('beta', 'dpo_beta')),
  'objective.loss': {
    ...row(anywhere('loss_type', 'dpo_loss_type')),
    read: (value) => (Array.isArray(value) ? first(value) : value),
  },
  'objective.label_smoothing': row(anywhere('label_smoothing')),
  'data.train.path': row([
    ...anywhere('dpo_file', 'train_file', 'dataset_name', 'dataset_path', 'train_path', 'data_path'),
    'data.path',
    'dataset.name',
    'data.train',
    'dataset',
    'data.dataset',
  ]),
  'data.eval.path': row(anywhere('val_file', 'eval_file', 'validation_file', 'eval_path', 'val_path')),
  'data.eval_fraction': row(anywhere('val_split', 'val_size', 'test_size', 'eval_split_ratio')),
  'data.max_length': row(anywhere('max_length', 'max_seq_length', 'max_seq_len')),
  'data.max_prompt_length': row(anywhere('max_prompt_length')),
  'data.limit': row(anywhere('max_samples')),
  'training.method': {
    ...row([...anywhere('use_lora', 'use_peft', 'r', 'lora_r'), 'algorithm.name', 'lora.enabled']),
    read: (value) => (value === false || value === 0 || value === 'full' ? 'full' : 'lora'),
    readOnly: true,
  },
  'training.lora.rank': row(anywhere('lora_r', 'r', 'lora_rank')),
  'training.lora.alpha': row(anywhere('lora_alpha', 'alpha')),
  'training.epochs': row(anywhere('num_train_epochs', 'epochs', 'num_epochs', 'n_epochs')),
  'training.steps': positive(anywhere('max_steps')),
  'training.micro_batch_size': row(anywhere('per_device_train_batch_size', 'batch_size', 'micro_batch_size')),
  'training.learning_rate': row(anywhere('learning_rate', 'lr')),
  'training.warmup': row(anywhere('warmup_ratio', 'warmup_steps')),
  'training.weight_decay': row(anywhere('weight_decay')),
  'training.seed': row(anywhere('seed')),
  'training.precision': {
    keys: anywhere('fp16', 'bf16'),
    read: (value, key) => (asBoolean(value) ? (key.endsWith('fp16') ? 'fp16' : 'bf16') : undefined),
    readOnly: true,
  },
  'training.log_every': row([...anywhere('logging_steps', 'log_every'), 'logging.logging_steps']),
  'training.eval_every': row([...anywhere('eval_steps'), 'logging.eval_steps']),
  'training.save_every': row([...anywhere('save_steps'), 'logging.save_steps']),
  'backend.torch.report_to': { ...reportTo, keys: [...anywhere('report_to'), 'logging.report_to'] },
};

function customReference(file: Reader): EffectiveReference {
  const model = asText(file.value(...REFERENCES));
  const keys = CUSTOM_ROWS['model.path']?.keys ?? [];
  return model === undefined
    ? {
        policy: 'same',
        words: `probably a frozen copy of the starting policy${modelName(file, ...keys)}: the script decides`,
      }
    : { policy: model, words: `the model ${model}, if the script reads this key` };
}

/** A script of its own: keys are read by their usual names, and nothing is said about others. */
export const CUSTOM: TrainerTable = {
  id: 'custom',
  trainer: 'this script',
  launch: '',
  packages: {},
  rows: CUSTOM_ROWS,
  unknownKeys: 'ignored',
  changes: [],
  losses: TRL_LOSSES,
  smoothedLosses: () => TRL_LOSSES,
  substitutesVariables: true,
  logs: ['stdout'],
  reference: customReference,
};

/** A script around TRL with a config of its own. */
export const TRL_CUSTOM: TrainerTable = {
  ...CUSTOM,
  id: 'trl-custom',
  trainer: 'this script around TRL',
  packages: {},
};
