import type { Producer } from '../../core/runs/format';
import type { Recording } from './recording';

/** Names of metrics that one trainer alone writes. */
const BY_METRIC: readonly (readonly [name: string, trainer: string])[] = [
  ['log_probs/chosen', 'torchtune'],
  ['chosen_reward', 'openrlhf'],
  ['rewards_chosen_mean', 'nemo-rl'],
  ['rewards/margin', 'open-instruct'],
];

/** Settings that one trainer alone has. */
const BY_SETTING: readonly (readonly [name: string, trainer: string])[] = [
  ['swift_version', 'ms-swift'],
  ['pref_beta', 'llama-factory'],
  ['finetuning_type', 'llama-factory'],
  ['rl_beta', 'axolotl'],
  ['sample_packing', 'axolotl'],
  ['dpo_beta', 'open-instruct'],
  ['dpo_loss_type', 'open-instruct'],
  ['dataset_mixer', 'alignment-handbook'],
];

/** The trainer that names its metrics so. */
export function trainerOfNames(names: ReadonlySet<string>): Pick<Recording, 'trainer'> {
  const found = BY_METRIC.find(([name]) => names.has(name) || names.has(`train/${name}`));
  return found ? { trainer: found[1] } : {};
}

/** Whose logs these are. What transformers' Trainer writes without a sign of another trainer counts as TRL's. */
export function producerOf({ trainer, version, isHuggingFace, settings = {} }: Recording): Producer {
  const bySetting = BY_SETTING.find(([name]) => Object.hasOwn(settings, name))?.[1];
  const isGeneric = isHuggingFace || Object.hasOwn(settings, 'per_device_train_batch_size');
  const name = trainer ?? bySetting ?? (isGeneric ? 'trl' : 'unknown');
  return { kind: 'imported', trainer: name, ...(version !== undefined && { version }) };
}
