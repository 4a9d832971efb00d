import type { Plain } from '../../tree';
import type { EffectiveReference, Reader, Rows, TrainerTable } from '../table';
import { asBoolean, asList, asText, toNumber } from '../values';
import { isAtLeast } from '../versions';
import {
  frozenCopy,
  loraSwitch,
  modelName,
  NO_REFERENCE,
  positive,
  row,
  TRANSFORMERS_ROWS,
  withoutAdapter,
} from './rows';
import { TRANSFORMERS_CHANGES, TRANSFORMERS_KEYS } from './transformers-changes';
import { TRL_CHANGES, TRL_KEYS } from './trl-changes';

/** Losses of TRL that the option table has a word for. */
export const TRL_LOSSES = [
  'sigmoid',
  'hinge',
  'ipo',
  'exo_pair',
  'nca_pair',
  'robust',
  'bco_pair',
  'sppo_hard',
  'aot',
  'aot_unpaired',
  'apo_zero',
  'apo_down',
  'discopop',
];

export const PACKAGES = { trl: '1.13.0', transformers: '5.18.0' };

/** The one loss that a list decides: TRL adds several, and `sft` beside another is our SFT term. */
function mainLoss(value: Plain): Plain | undefined {
  const losses = (asList(value) ?? []).map(String);
  const others = losses.filter((loss) => loss !== 'sft');
  const [first] = others;
  if (first === undefined) return value;
  if (others.length > 1) return others;
  return first === 'sigmoid_norm' ? 'sigmoid' : first;
}

/** The weight of the SFT term: its place in `loss_weights`, or what was `rpo_alpha` before. */
function sftWeight(value: Plain, key: string, file: Reader): Plain | undefined {
  if (key === 'rpo_alpha') return value;
  const place = (asList(file.value('loss_type')) ?? []).indexOf('sft');
  return place === -1 ? undefined : (asList(value) ?? [])[place];
}

/** A list of data sets, or a mapping of them: the first one names the data. */
function firstDataset(value: Plain): Plain | undefined {
  const [first] = Array.isArray(value) ? value : [value];
  if (first === null || typeof first !== 'object') return first;
  // `path: json` with `data_files` is a local file.
  return Array.isArray(first)
    ? undefined
    : (asText(first.data_files) ?? asText(first.path) ?? asText(first.id));
}

export const TRL_ROWS: Rows = {
  ...TRANSFORMERS_ROWS,
  'model.path': row('model_name_or_path'),
  'model.revision': row('model_revision', 'main'),
  'objective.beta': row('beta', 0.1),
  'objective.loss': { ...row('loss_type', 'sigmoid'), read: mainLoss },
  'objective.label_smoothing': row('label_smoothing', 0),
  'objective.length_normalized': {
    ...row('loss_type', false),
    read: (value) => (asList(value) ?? []).includes('sigmoid_norm'),
    write: (value) => (value === true ? 'sigmoid_norm' : 'sigmoid'),
  },
  'objective.sft_weight': { ...row(['loss_weights', 'rpo_alpha'], 0), read: sftWeight, readOnly: true },
  'data.train.path': { ...row(['dataset_name', 'datasets']), read: firstDataset },
  'data.train.split': row('dataset_train_split', 'train'),
  'data.train.config': row('dataset_config'),
  'data.eval.split': row('dataset_test_split', 'test'),
  'data.eval_fraction': { ...row('test_split_size', 0), possible: (file) => file.has('datasets') },
  'data.max_length': row('max_length', 1024),
  'data.max_prompt_length': row('max_prompt_length'),
  'data.truncation': row('truncation_mode', 'keep_start'),
  'training.method': loraSwitch('use_peft'),
  'training.lora.rank': row('lora_r', 16),
  'training.lora.alpha': row('lora_alpha', 32),
  'training.lora.targets': {
    ...row('lora_target_modules'),
    read: (value) => (value === 'all-linear' ? undefined : value),
  },
  'training.lora.quantize': {
    ...row('load_in_4bit', 'none'),
    read: (value) => (asBoolean(value) ? 'nf4' : 'none'),
    write: (value) => value === 'nf4',
  },
  'training.steps': positive('max_steps'),
  'training.learning_rate': row('learning_rate', 1e-6),
  'training.log_every': row('logging_steps', 10),
  'backend.torch.accelerate_config': row('accelerate_config'),
};

/** What TRL's own script uses as the reference. */
export function trlReference(file: Reader): EffectiveReference {
  const name = modelName(file, 'model_name_or_path');
  const version = file.version('trl');
  const isFree = asBoolean(file.value('reference_free')) === true && !isAtLeast(version, '0.29.0');
  if (isFree) return NO_REFERENCE;
  const isLora = asBoolean(file.value('use_peft')) === true;
  const base = isLora ? withoutAdapter(name) : frozenCopy(name);
  if (asBoolean(file.value('sync_ref_model')) !== true) return base;
  const steps = toNumber(file.value('ref_model_sync_steps')) ?? 512;
  return { ...base, words: `${base.words}, moved towards the policy every ${steps} steps` };
}

/** Label smoothing worked on the sigmoid loss until 0.28, and is ignored there since. */
function trlSmoothed(version: (name: string) => string): readonly string[] {
  const others = ['robust', 'exo_pair', 'aot', 'aot_unpaired'];
  return isAtLeast(version('trl'), '0.29.0') ? others : ['sigmoid', ...others];
}

export const TRL: TrainerTable = {
  id: 'trl',
  trainer: 'TRL',
  launch: 'trl dpo --config FILE',
  packages: PACKAGES,
  rows: { ...TRL_ROWS, 'backend.torch.processes': row('num_processes') },
  known: `${TRL_KEYS} ${TRANSFORMERS_KEYS}`,
  unknownKeys: 'rejected',
  changes: [...TRL_CHANGES, ...TRANSFORMERS_CHANGES],
  losses: TRL_LOSSES,
  smoothedLosses: trlSmoothed,
  logs: ['stdout', 'checkpoint-*/trainer_state.json', 'runs/*/events.out.tfevents.*'],
  reference: trlReference,
};
