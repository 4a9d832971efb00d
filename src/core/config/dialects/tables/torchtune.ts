import type { EffectiveReference, Reader, TrainerTable } from '../table';
import { asText, toNumber } from '../values';
import { frozenCopy, modelName, positive, row, TORCH_DTYPES, withoutAdapter } from './rows';

function reference(file: Reader): EffectiveReference {
  const policy = asText(file.value('checkpointer.checkpoint_dir'));
  if (file.has('ref_checkpointer.checkpoint_dir', 'ref_checkpointer')) {
    const folder = asText(file.value('ref_checkpointer.checkpoint_dir'));
    if (folder === undefined) return { policy: undefined, words: 'the model of ref_checkpointer' };
    return folder === policy
      ? { policy: 'same', words: `a second copy of the starting policy ${folder}` }
      : { policy: folder, words: `the model in ${folder}` };
  }
  const name = modelName(file, 'checkpointer.checkpoint_dir');
  const isLora = /lora/.test(asText(file.value('model._component_')) ?? '');
  return isLora ? withoutAdapter(name) : frozenCopy(name);
}

/** torchtune: recipes with components; keys that no recipe reads are ignored. */
export const TORCHTUNE: TrainerTable = {
  id: 'torchtune',
  trainer: 'torchtune',
  launch: 'tune run RECIPE --config FILE',
  packages: { torchtune: '0.6.1' },
  rows: {
    'model.path': row('checkpointer.checkpoint_dir'),
    'reference.policy': {
      ...row('ref_checkpointer.checkpoint_dir', 'same'),
      // The recipe for full weights wants it written out.
      read: (value, _key, file) => (value === file.value('checkpointer.checkpoint_dir') ? 'same' : value),
    },
    'objective.beta': row('loss.beta', 0.1),
    'objective.loss': {
      ...row('loss._component_', 'sigmoid'),
      read: (value) => {
        const name = asText(value)?.split('.').at(-1);
        return name === 'DPOLoss' ? 'sigmoid' : name === 'RSOLoss' ? 'hinge' : name;
      },
      readOnly: true,
    },
    'objective.label_smoothing': row('loss.label_smoothing', 0),
    'data.max_length': row('tokenizer.max_seq_len'),
    'data.train.path': {
      ...row(['dataset.source', 'dataset._component_']),
      readOnly: true,
    },
    'training.method': {
      ...row('model._component_', 'full'),
      read: (value) => (/lora/.test(String(value)) ? 'lora' : 'full'),
      readOnly: true,
    },
    'training.lora.rank': row('model.lora_rank', 8),
    'training.lora.alpha': row('model.lora_alpha', 16),
    'training.epochs': row('epochs', 1),
    'training.micro_batch_size': row('batch_size'),
    'training.learning_rate': row('optimizer.lr'),
    'training.weight_decay': row('optimizer.weight_decay'),
    'training.warmup': {
      ...row('lr_scheduler.num_warmup_steps', 0),
      read: (value) => ((toNumber(value) ?? 1) >= 1 ? value : undefined),
    },
    'training.max_grad_norm': positive('clip_grad_norm'),
    'training.seed': row('seed'),
    'training.precision': { ...row('dtype', 'auto'), words: TORCH_DTYPES },
    'training.log_every': row('log_every_n_steps', 1),
    'backend.device': row('device'),
  },
  unknownKeys: 'ignored',
  changes: [],
  losses: ['sigmoid', 'hinge'],
  smoothedLosses: () => ['sigmoid'],
  substitutesVariables: true,
  logs: ['logs/log_*.txt'],
  reference,
};
