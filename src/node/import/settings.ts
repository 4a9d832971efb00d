import type { Config } from '../../core/config/config';
import { nestConfig } from '../../core/config/resolved';
import { optionAt } from '../../core/config/table';
import { isFields } from '../../core/runs/read-files';
import { numberOf } from './recording';

type Fields = Readonly<Record<string, unknown>>;

/** Where trainers keep what we want to know, the surest name first. A dot leads into a section. */
const NAMES = {
  beta: [
    'pref_beta',
    'rl_beta',
    'dpo_beta',
    'beta',
    'dpo_config.beta',
    'loss.beta',
    'dpo.reference_policy_kl_penalty',
    'dpo_loss_fn.beta',
  ],
  loss: ['pref_loss', 'loss_type', 'dpo_loss_type', 'dpo_config.loss_type', 'dpo.preference_loss', 'rl'],
  seed: ['seed', 'dpo.seed'],
  learning_rate: ['learning_rate', 'optimizer.lr', 'policy.optimizer.kwargs.lr'],
  model: ['model_name_or_path', 'base_model', 'model_id_or_path', 'model', 'policy.model_name', 'pretrain'],
} as const;

/** Names of losses that differ from ours, or mean the same. */
const LOSSES: Readonly<Record<string, string>> = { dpo: 'sigmoid', dpo_norm: 'sigmoid', IPO: 'ipo' };

/** Losses whose "rewards" are beta times a log-probability, without a reference: no log-ratios. */
const WITHOUT_REFERENCE = new Set(['simpo', 'orpo', 'cpo']);

export interface KnownSettings {
  /** Nested as in `run.json`: what is known, and fits the option's type. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By which rewards are divided to get log-ratios. */
  readonly beta?: number;
}

/** What a trainer's settings say in our options. Values of an unexpected kind count as unknown. */
export function knownSettings(settings: Fields): KnownSettings {
  const config: Record<string, unknown> = {};
  const beta = first(settings, NAMES.beta, positive);
  const loss = first(settings, NAMES.loss, lossName);
  const seed = first(settings, NAMES.seed, (value) =>
    Number.isSafeInteger(value) ? (value as number) : undefined,
  );
  const rate = first(settings, NAMES.learning_rate, positive);
  const model = first(settings, NAMES.model, (value) =>
    typeof value === 'string' && value !== '' ? value : undefined,
  );
  if (beta !== undefined) config['objective.beta'] = beta;
  if (loss !== undefined && isOurLoss(loss)) config['objective.loss'] = loss;
  if (seed !== undefined) config['training.seed'] = seed;
  if (rate !== undefined) config['training.learning_rate'] = rate;
  if (model !== undefined) config['model.path'] = model;
  const isLogRatio = beta !== undefined && !WITHOUT_REFERENCE.has(loss ?? '');
  return { config: nestConfig(config as unknown as Config), ...(isLogRatio && { beta }) };
}

function first<T>(
  settings: Fields,
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = read(valueAt(settings, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function valueAt(settings: Fields, name: string): unknown {
  if (Object.hasOwn(settings, name)) return settings[name];
  let value: unknown = settings;
  for (const key of name.split('.'))
    value = isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

function positive(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number > 0 && Number.isFinite(number) ? number : undefined;
}

/** TRL has a list since losses can be mixed: a mixture is no loss of ours. */
function lossName(value: unknown): string | undefined {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof one === 'string' ? (LOSSES[one] ?? one) : undefined;
}

function isOurLoss(loss: string): boolean {
  const { type } = optionAt('objective.loss');
  return type.kind === 'choice' && Object.hasOwn(type.values, loss);
}
