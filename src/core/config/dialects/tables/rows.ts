import type { Plain } from '../../tree';
import type { EffectiveReference, Reader, Row, Rows } from '../table';
import { asBoolean, asList, asText, toNumber } from '../values';

/** Rows that several trainers share, mostly because they pass their keys on to transformers. */

/** A row of one plain key. */
export function row(key: string | readonly string[], fallback?: Plain): Row {
  return {
    keys: typeof key === 'string' ? [key] : key,
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

/** A number that means "not set" where it is 0 or below. */
export function positive(key: string | readonly string[], fallback?: Plain): Row {
  return { ...row(key, fallback), read: (value) => ((toNumber(value) ?? 1) > 0 ? value : undefined) };
}

/** `method: lora` where a switch is on. */
export function loraSwitch(key: string | readonly string[]): Row {
  return {
    ...row(key, 'full'),
    read: (value) => (asBoolean(value) ? 'lora' : 'full'),
    write: (value) => value === 'lora',
  };
}

const SCHEDULES = {
  linear: 'linear',
  cosine: 'cosine',
  constant: 'constant',
  constant_with_warmup: 'constant',
};

/** Words of the option table; others have no word there. */
export function schedule(key: string, fallback: string): Row {
  return {
    ...row(key, fallback),
    read: (value) => (typeof value === 'string' && Object.hasOwn(SCHEDULES, value) ? value : undefined),
    words: SCHEDULES,
  };
}

/** Two switches for the number format, as in transformers. */
export function precision(...keys: string[]): Row {
  return {
    keys,
    read: (value, key) => (asBoolean(value) ? (key.endsWith('fp16') ? 'fp16' : 'bf16') : undefined),
    readOnly: true,
  };
}

export const TORCH_DTYPES = {
  bfloat16: 'bf16',
  float16: 'fp16',
  float32: 'fp32',
  bf16: 'bf16',
  fp16: 'fp16',
  fp32: 'fp32',
  auto: 'auto',
};

export const reportTo: Row = {
  ...row('report_to'),
  read: (value) => {
    const programs = asList(value)?.filter((name) =>
      ['wandb', 'tensorboard', 'trackio', 'mlflow'].includes(String(name)),
    );
    return programs?.length ? programs : undefined;
  },
};

/** The keys of transformers' TrainingArguments that have an option of ours. */
export const TRANSFORMERS_ROWS: Rows = {
  'training.epochs': row('num_train_epochs', 3),
  'training.steps': positive('max_steps'),
  'training.micro_batch_size': row('per_device_train_batch_size', 8),
  'training.learning_rate': row('learning_rate', 5e-5),
  'training.schedule': schedule('lr_scheduler_type', 'linear'),
  'training.warmup': row(['warmup_steps', 'warmup_ratio'], 0),
  'training.weight_decay': row('weight_decay', 0),
  'training.max_grad_norm': row('max_grad_norm', 1),
  'training.seed': row('seed', 42),
  'training.precision': precision('fp16', 'bf16'),
  'training.log_every': row('logging_steps', 500),
  'training.eval_every': row('eval_steps'),
  'training.save_every': row('save_steps', 500),
  'training.keep_checkpoints': row('save_total_limit'),
  'backend.torch.report_to': reportTo,
};

/** The name of a model as it is written, for a sentence. */
export function modelName(file: Reader, ...keys: string[]): string {
  const name = asText(file.value(...keys));
  return name === undefined ? '' : ` ${name}`;
}

export function frozenCopy(name: string): EffectiveReference {
  return { policy: 'same', words: `a frozen copy of the starting policy${name}` };
}

export function withoutAdapter(name: string): EffectiveReference {
  return {
    policy: 'same',
    words: `the starting policy${name} with the new adapter switched off`,
  };
}

export const NO_REFERENCE: EffectiveReference = {
  policy: 'none',
  words: 'none: nothing holds the policy back',
};

export const UNKNOWN_REFERENCE: EffectiveReference = {
  policy: undefined,
  words: 'unknown: a setting that decides it is filled in when the script runs',
};
