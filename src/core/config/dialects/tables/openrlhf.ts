import type { KeyChange, TrainerTable } from '../table';
import { asBoolean, asText } from '../values';
import { modelName, positive, row, schedule } from './rows';

/** Flags before and since 0.10.2, in which they got sections. */
const DOTTED: Readonly<Record<string, string>> = {
  pretrain: 'model.model_name_or_path',
  ref_pretrain: 'ref.model_name_or_path',
  ref_offload: 'ref.offload',
  beta: 'model.beta',
  ipo: 'model.ipo_enable',
  label_smoothing: 'model.label_smoothing',
  max_len: 'data.max_len',
  learning_rate: 'adam.lr',
  train_batch_size: 'train.batch_size',
  micro_train_batch_size: 'train.micro_batch_size',
  max_epochs: 'train.max_epochs',
  save_path: 'ckpt.output_dir',
  ckpt_path: 'ckpt.path',
  save_steps: 'ckpt.save_steps',
  dataset: 'data.dataset',
  nll_loss_coef: 'model.nll_loss_coef',
};

const CHANGES: readonly KeyChange[] = Object.entries(DOTTED).flatMap(([flat, dotted]): KeyChange[] => [
  {
    code: 'KEY006',
    key: flat,
    package: 'openrlhf',
    until: '0.10.2',
    instead: `It is called ${dotted} now.`,
    fix: { title: `Rename to ${dotted}`, rename: dotted },
  },
  {
    code: 'KEY006',
    key: dotted,
    package: 'openrlhf',
    since: '0.10.2',
    instead: `It was called ${flat} before.`,
    fix: { title: `Rename to ${flat}`, rename: flat },
  },
]);

/** OpenRLHF: flags alone, flat until 0.10.1 and dotted since. */
export const OPENRLHF: TrainerTable = {
  id: 'openrlhf',
  trainer: 'OpenRLHF',
  launch: 'deepspeed --module openrlhf.cli.train_dpo',
  packages: { openrlhf: '0.11.0' },
  rows: {
    'model.path': row(['model.model_name_or_path', 'pretrain']),
    'reference.policy': row(['ref.model_name_or_path', 'ref_pretrain'], 'same'),
    'objective.beta': row(['model.beta', 'beta'], 0.1),
    'objective.loss': {
      ...row(['model.ipo_enable', 'ipo'], 'sigmoid'),
      read: (value) => (asBoolean(value) ? 'ipo' : 'sigmoid'),
      readOnly: true,
    },
    'objective.label_smoothing': row(['model.label_smoothing', 'label_smoothing'], 0),
    'objective.sft_weight': row(['model.nll_loss_coef', 'nll_loss_coef'], 0),
    'data.train.path': row(['data.dataset', 'dataset']),
    'data.train.split': row(['data.dataset_split', 'dataset_split', 'train_split'], 'train'),
    'data.eval.path': row(['data.eval_dataset', 'eval_dataset']),
    'data.max_length': row(['data.max_len', 'max_len'], 512),
    'data.limit': row(['data.max_samples', 'max_samples']),
    'data.columns.prompt': row(['data.prompt_key', 'prompt_key']),
    'data.columns.chosen': row(['data.chosen_key', 'chosen_key'], 'chosen'),
    'data.columns.rejected': row(['data.rejected_key', 'rejected_key'], 'rejected'),
    'training.method': {
      ...row(['lora.rank', 'model.lora_rank', 'lora_rank'], 'full'),
      read: (value) => (Number(value) > 0 ? 'lora' : 'full'),
      readOnly: true,
    },
    'training.lora.rank': positive(['lora.rank', 'model.lora_rank', 'lora_rank']),
    'training.lora.alpha': row(['lora.alpha', 'model.lora_alpha', 'lora_alpha'], 16),
    'training.epochs': row(['train.max_epochs', 'max_epochs'], 1),
    'training.batch_size': row(['train.batch_size', 'train_batch_size'], 128),
    'training.micro_batch_size': row(['train.micro_batch_size', 'micro_train_batch_size'], 8),
    'training.learning_rate': row(['adam.lr', 'learning_rate'], 1e-5),
    'training.schedule': schedule('lr_scheduler', 'cosine'),
    'training.warmup': row(['train.lr_warmup_ratio', 'lr_warmup_ratio'], 0.03),
    'training.max_grad_norm': row(['train.max_norm', 'max_norm'], 1),
    'training.seed': row(['train.seed', 'seed'], 42),
    'training.log_every': row(['logger.logging_steps', 'logging_steps'], 1),
    'training.eval_every': positive(['train.eval_steps', 'eval_steps']),
    'training.save_every': positive(['ckpt.save_steps', 'save_steps']),
  },
  unknownKeys: 'rejected',
  changes: CHANGES,
  losses: ['sigmoid', 'ipo'],
  smoothedLosses: () => ['sigmoid'],
  substitutesVariables: true,
  logs: ['stdout'],
  reference: (file) => {
    if (!file.has('ref.model_name_or_path', 'ref_pretrain')) {
      const name = modelName(file, 'model.model_name_or_path', 'pretrain');
      return { policy: 'same', words: `a second copy of the starting policy${name}` };
    }
    const model = asText(file.value('ref.model_name_or_path', 'ref_pretrain'));
    return model === undefined
      ? { policy: undefined, words: 'another model, which is named only when the script runs' }
      : { policy: model, words: `the model ${model}` };
  },
};
