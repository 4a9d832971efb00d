import type { TrainerTable } from '../table';
import { asBoolean, asList } from '../values';
import { frozenCopy, modelName, NO_REFERENCE, row, UNKNOWN_REFERENCE } from './rows';

/** In the trainer's folder `config/loss/`, the keys of the loss have no section. */
const loss = (key: string): string[] => [`loss.${key}`, key];

/** The paper's own trainer and those that grew out of it (HALOs): Hydra's groups and overrides. */
export const ERIC_MITCHELL: TrainerTable = {
  id: 'eric-mitchell',
  trainer: 'direct-preference-optimization',
  launch: 'python -u train.py model=MODEL loss=dpo loss.beta=0.1',
  packages: {},
  rows: {
    'model.path': row(['model.archive', 'model.name_or_path', 'model.load_from']),
    'objective.beta': row(loss('beta')),
    'objective.loss': {
      ...row(['loss', 'loss.name', 'name', 'defaults']),
      read: (value, key) => {
        const words: Readonly<Record<string, string>> = { dpo: 'sigmoid', ipo: 'ipo', sft: '' };
        const group =
          key === 'defaults' && Array.isArray(value)
            ? value.flatMap((item) =>
                item !== null && typeof item === 'object' && !Array.isArray(item) ? (item.loss ?? []) : [],
              )[0]
            : value;
        return typeof group === 'string' ? (words[group] ?? group) || undefined : undefined;
      },
      readOnly: true,
    },
    'objective.label_smoothing': row(loss('label_smoothing'), 0),
    'data.train.path': {
      ...row(['datasets', 'train_datasets']),
      read: (value) => (asList(value) ?? [])[0],
      readOnly: true,
    },
    'data.max_length': row(['max_length', 'model.max_length'], 512),
    'data.max_prompt_length': row(['max_prompt_length', 'model.max_prompt_length'], 256),
    'data.limit': row('n_examples'),
    'training.method': {
      ...row('model.use_peft', 'full'),
      read: (value) => (asBoolean(value) ? 'lora' : 'full'),
      write: (value) => value === 'lora',
    },
    'training.epochs': row('n_epochs', 1),
    'training.batch_size': row(['batch_size', 'model.batch_size']),
    'training.learning_rate': row('lr', 5e-7),
    'training.warmup': row(['warmup_steps', 'warmup'], 150),
    'training.max_grad_norm': row(['max_grad_norm', 'model.max_grad_norm'], 10),
    'training.seed': row('seed', 0),
  },
  unknownKeys: 'rejected',
  changes: [],
  losses: ['sigmoid', 'ipo'],
  smoothedLosses: () => ['sigmoid'],
  substitutesVariables: true,
  logs: ['stdout'],
  reference: (file) => {
    if (asBoolean(file.value('loss.reference_free', 'reference_free')) === true) return NO_REFERENCE;
    if (file.has('loss.reference_free') && file.value('loss.reference_free') === undefined)
      return UNKNOWN_REFERENCE;
    const copy = frozenCopy(modelName(file, 'model.archive', 'model.load_from', 'model.name_or_path'));
    return asBoolean(file.value('loss.sync_reference', 'sync_reference')) === true
      ? { ...copy, words: `${copy.words}, copied again from the policy as training continues` }
      : copy;
  },
};
