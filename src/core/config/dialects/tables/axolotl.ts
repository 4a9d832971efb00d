import type { EffectiveReference, KeyChange, Reader, TrainerTable } from '../table';
import { asBoolean, asList, asText } from '../values';
import { frozenCopy, modelName, positive, row, schedule, withoutAdapter } from './rows';
import { TRL_LOSSES } from './trl';

const raises = (key: string, instead: string, code = 'KEY008'): KeyChange => ({
  code,
  key,
  package: 'axolotl',
  until: '0.15.0',
  effect: 'rejected',
  instead,
  fix: { title: `Remove ${key}`, remove: true },
});

const noKey = (key: string, instead: string): KeyChange => ({
  code: 'REF003',
  key,
  package: 'axolotl',
  never: true,
  instead,
  fix: { title: `Remove ${key}`, remove: true },
});

const COPY = 'The reference is the starting policy: the adapter switched off, or a second copy. Remove it.';

function reference(file: Reader): EffectiveReference {
  const name = modelName(file, 'base_model');
  if (!file.has('adapter')) return frozenCopy(name);
  if (asBoolean(file.value('rl_adapter_ref_model')) === true) {
    return { policy: 'same', words: `a second copy of the base model${name}, without the adapter` };
  }
  const adapter = asText(file.value('lora_model_dir'));
  return adapter === undefined
    ? withoutAdapter(name)
    : {
        policy: asText(file.value('base_model')),
        words: `the bare base model${name}, not your adapter ${adapter}`,
      };
}

/** axolotl: keys that it does not know are dropped without a word. */
export const AXOLOTL: TrainerTable = {
  id: 'axolotl',
  trainer: 'axolotl',
  launch: 'axolotl train FILE',
  packages: { axolotl: '0.19.0', trl: '1.8.0' },
  rows: {
    'model.path': row('base_model'),
    'model.revision': row('revision_of_model', 'main'),
    'model.adapter': row('lora_model_dir'),
    'objective.beta': row(['rl_beta', 'trl.beta', 'dpo_beta'], 0.1),
    'objective.loss': {
      ...row(['dpo_loss_type', 'rl'], 'sigmoid'),
      read: (value, key) => {
        if (key === 'rl') return value === 'ipo' ? 'ipo' : 'sigmoid';
        const losses = (asList(value) ?? []).filter((loss) => loss !== 'sft');
        return losses.length === 1 ? (losses[0] === 'sigmoid_norm' ? 'sigmoid' : losses[0]) : losses;
      },
      write: (value) => [String(value)],
    },
    'objective.length_normalized': {
      ...row('dpo_loss_type', false),
      read: (value) => (asList(value) ?? []).includes('sigmoid_norm'),
      readOnly: true,
    },
    'objective.label_smoothing': row('dpo_label_smoothing', 0),
    'objective.sft_weight': {
      ...row('dpo_loss_weights', 0),
      read: (value, _key, file) => {
        const place = (asList(file.value('dpo_loss_type')) ?? []).indexOf('sft');
        return place === -1 ? undefined : (asList(value) ?? [])[place];
      },
      readOnly: true,
    },
    'data.train.path': {
      ...row('datasets'),
      read: (value) => {
        const [first] = Array.isArray(value) ? value : [];
        return first !== null && typeof first === 'object' && !Array.isArray(first)
          ? asText(first.path)
          : undefined;
      },
      readOnly: true,
    },
    'data.eval.path': {
      ...row('test_datasets'),
      read: (value) => {
        const [first] = Array.isArray(value) ? value : [];
        return first !== null && typeof first === 'object' && !Array.isArray(first)
          ? asText(first.path)
          : undefined;
      },
      readOnly: true,
    },
    'data.eval_fraction': {
      ...row('val_set_size', 0),
      read: (value) => (Number(value) < 1 ? value : undefined),
    },
    'data.max_length': row('sequence_len', 512),
    'data.chat_template': row('chat_template'),
    'training.method': {
      ...row('adapter', 'full'),
      read: (value) => (value === 'lora' || value === 'qlora' ? 'lora' : undefined),
      // All weights are trained where the key is absent.
      write: (value) => (value === 'lora' ? 'lora' : undefined),
    },
    'training.lora.rank': row('lora_r'),
    'training.lora.alpha': row('lora_alpha'),
    'training.lora.targets': row('lora_target_modules'),
    'training.lora.quantize': {
      ...row('load_in_4bit', 'none'),
      read: (value) => (asBoolean(value) ? 'nf4' : 'none'),
      write: (value) => value === 'nf4',
    },
    'training.epochs': row('num_epochs', 1),
    'training.steps': positive('max_steps'),
    'training.micro_batch_size': row('micro_batch_size', 1),
    'training.learning_rate': row('learning_rate'),
    'training.schedule': schedule('lr_scheduler', 'cosine'),
    'training.warmup': row(['warmup_steps', 'warmup_ratio']),
    'training.weight_decay': row('weight_decay', 0),
    'training.max_grad_norm': row('max_grad_norm', 1),
    'training.seed': row('seed', 42),
    'training.precision': {
      keys: ['bf16', 'fp16'],
      read: (value, key) =>
        value === 'auto' || value === 'full' || asBoolean(value)
          ? key === 'fp16'
            ? 'fp16'
            : 'bf16'
          : undefined,
      readOnly: true,
    },
    'training.log_every': row('logging_steps'),
    'training.eval_every': {
      ...row('eval_steps'),
      read: (value) => (Number(value) < 1 ? undefined : value),
    },
    'training.save_every': {
      ...row('save_steps'),
      read: (value) => (Number(value) < 1 ? undefined : value),
    },
    'training.keep_checkpoints': row('save_total_limit'),
    'backend.torch.accelerate_config': row('deepspeed'),
  },
  unknownKeys: 'ignored',
  changes: [
    raises('dpo_norm_loss', 'Write dpo_loss_type: [sigmoid_norm].'),
    {
      ...raises(
        'rpo_alpha',
        'Write dpo_loss_type: [sigmoid, sft] with dpo_loss_weights: [1, alpha].',
        'LOSS005',
      ),
      fix: (value) =>
        typeof value === 'number'
          ? {
              title: 'Write dpo_loss_type: [sigmoid, sft]',
              set: { dpo_loss_type: ['sigmoid', 'sft'], dpo_loss_weights: [1, value] },
            }
          : undefined,
    },
    raises('dpo_use_logits_to_keep', 'Remove it.'),
    raises('dpo_generate_during_eval', 'Remove it.'),
    {
      code: 'KEY008',
      key: 'dpo_beta',
      package: 'axolotl',
      until: '0.6.0',
      effect: 'ignored',
      instead: 'Write rl_beta: axolotl warns and may drop the old name.',
      fix: { title: 'Rename to rl_beta', rename: 'rl_beta' },
    },
    {
      code: 'KEY003',
      key: 'evaluation_strategy',
      package: 'axolotl',
      until: '0.7.0',
      effect: 'ignored',
      instead: 'Write eval_strategy.',
      fix: { title: 'Rename to eval_strategy', rename: 'eval_strategy' },
    },
    noKey('ref_model', COPY),
    noKey('reference_model', COPY),
    noKey('ref_model_name_or_path', COPY),
    noKey('reference_free', 'axolotl always compares a reference. Remove it.'),
    ...['sync_ref_model', 'ref_model_mixup_alpha', 'ref_model_sync_steps'].map((key) =>
      noKey(`trl.${key}`, 'It is passed on for GRPO only. Remove it.'),
    ),
    {
      code: 'KEY001',
      key: 'beta',
      package: 'axolotl',
      never: true,
      instead: 'Beta is called rl_beta here.',
      fix: { title: 'Rename to rl_beta', rename: 'rl_beta' },
    },
  ],
  losses: TRL_LOSSES,
  smoothedLosses: () => ['robust', 'exo_pair', 'aot', 'aot_unpaired'],
  logs: ['stdout', 'checkpoint-*/trainer_state.json'],
  reference,
};
