import type { EffectiveReference, KeyChange, Reader, TrainerTable } from '../table';
import { asBoolean, asList, asText } from '../values';
import {
  frozenCopy,
  modelName,
  positive,
  row,
  TORCH_DTYPES,
  TRANSFORMERS_ROWS,
  withoutAdapter,
} from './rows';
import { TRL_LOSSES } from './trl';

const renamed = (key: string, to: string, until: string): KeyChange => ({
  code: 'KEY002',
  key,
  package: 'ms-swift',
  until,
  instead: `It is called ${to} now.`,
  fix: { title: `Rename to ${to}`, rename: to },
});

const METHOD = ['tuner_type', 'train_type', 'sft_type'];

function reference(file: Reader): EffectiveReference {
  const name = modelName(file, 'model', 'model_id_or_path', 'model_type');
  if (file.has('ref_model', 'mcore_ref_model')) {
    const model = asText(file.value('ref_model', 'mcore_ref_model'));
    return model === undefined
      ? { policy: undefined, words: 'another model, which is named only when the script runs' }
      : { policy: model, words: `the model ${model}` };
  }
  if (asBoolean(file.value('reference_free')) === true) {
    return { policy: 'none', words: 'none: nothing holds the policy back' };
  }
  const method = asText(file.value(...METHOD)) ?? 'lora';
  const adapters = asText(file.value('adapters'));
  const refAdapters = asText(file.value('ref_adapters'));
  if (refAdapters !== undefined)
    return { policy: 'same', words: `the starting policy${name} with the adapter ${refAdapters}` };
  if (method === 'full') return frozenCopy(name);
  return adapters === undefined
    ? withoutAdapter(name)
    : {
        policy: asText(file.value('model')),
        words: `the bare base model${name}, not your adapter ${adapters}`,
      };
}

/** ms-swift: flags, or the same keys in YAML. */
export const MS_SWIFT: TrainerTable = {
  id: 'ms-swift',
  trainer: 'ms-swift',
  launch: 'swift rlhf FILE',
  packages: { 'ms-swift': '4.6.0' },
  rows: {
    ...TRANSFORMERS_ROWS,
    'model.path': row(['model', 'model_id_or_path', 'model_type', 'load']),
    'model.revision': row('model_revision'),
    'model.adapter': { ...row('adapters'), read: (value) => (asList(value) ?? [])[0] },
    'reference.policy': row(['ref_model', 'mcore_ref_model', 'ref_model_id_or_path'], 'same'),
    'reference.revision': row('ref_model_revision'),
    'reference.adapter': {
      ...row(['ref_adapters', 'mcore_ref_adapter']),
      read: (value) => (asList(value) ?? [])[0],
    },
    'objective.beta': row('beta', 0.1),
    'objective.loss': {
      ...row('loss_type', 'sigmoid'),
      read: (value) => {
        const losses = (asList(value) ?? []).filter((loss) => loss !== 'sft');
        return losses.length === 1 ? losses[0] : losses;
      },
    },
    'objective.label_smoothing': row('label_smoothing', 0),
    'objective.sft_weight': row('rpo_alpha', 0),
    'data.train.path': {
      ...row(['dataset', 'cached_dataset']),
      read: (value) => (asList(value) ?? [])[0],
      readOnly: true,
    },
    'data.eval.path': { ...row('val_dataset'), read: (value) => (asList(value) ?? [])[0], readOnly: true },
    'data.eval_fraction': row('split_dataset_ratio', 0),
    'data.max_length': row('max_length'),
    'data.chat_template': row(['template', 'template_type'], 'auto'),
    'training.method': {
      ...row(METHOD, 'lora'),
      read: (value) => (value === 'lora' || value === 'full' ? value : undefined),
    },
    'training.lora.rank': row('lora_rank', 8),
    'training.lora.alpha': row('lora_alpha', 32),
    'training.lora.targets': {
      ...row(['target_modules', 'lora_target_modules']),
      read: (value) => (value === 'all-linear' || value === 'ALL' ? undefined : value),
    },
    'training.lora.quantize': {
      ...row('quant_bits', 'none'),
      read: (value) => (String(value) === '4' ? 'nf4' : undefined),
      readOnly: true,
    },
    'training.epochs': row(['num_train_epochs', 'max_epochs'], 3),
    'training.micro_batch_size': row(['per_device_train_batch_size', 'micro_batch_size', 'batch_size'], 1),
    'training.batch_size': row('global_batch_size'),
    'training.steps': positive(['max_steps', 'train_iters']),
    'training.learning_rate': row(['learning_rate', 'lr']),
    'training.warmup': row(['warmup_ratio', 'warmup_steps', 'lr_warmup_fraction'], 0.05),
    'training.weight_decay': row('weight_decay', 0.1),
    'training.precision': { ...row(['torch_dtype', 'dtype']), words: TORCH_DTYPES },
    'training.log_every': row(['logging_steps', 'log_interval'], 5),
    'training.save_every': row(['save_steps', 'save_interval']),
    'training.eval_every': row(['eval_steps', 'eval_interval']),
    'backend.torch.accelerate_config': row('deepspeed'),
  },
  unknownKeys: 'rejected',
  changes: [
    renamed('sft_type', 'tuner_type', '3.0.0'),
    renamed('train_type', 'tuner_type', '4.0.0'),
    renamed('model_id_or_path', 'model', '3.0.0'),
    renamed('ref_model_id_or_path', 'ref_model', '3.0.0'),
    renamed('template_type', 'template', '3.0.0'),
    renamed('lora_target_modules', 'target_modules', '3.0.0'),
    renamed('dtype', 'torch_dtype', '3.0.0'),
  ],
  losses: TRL_LOSSES,
  smoothedLosses: () => ['robust', 'exo_pair', 'aot', 'aot_unpaired'],
  substitutesVariables: true,
  logs: ['logging.jsonl', 'stdout', 'runs/events.out.tfevents.*'],
  reference,
};
