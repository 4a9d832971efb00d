import { type Node, type Plain, toPlain } from '../tree';
import { asList } from './values';

/** Which trainer a YAML mapping is written for, by its keys; the name of the file decides only what keys leave open. */

type Section = { readonly [key: string]: Plain };

/** The dialect's name, or undefined for a file that does not train on preferences. */
export function recogniseYaml(root: Node | undefined, fileName: string, text: string): string | undefined {
  const config = root?.kind === 'map' ? sectionOf(toPlain(root)) : undefined;
  if (!config) return undefined;
  return DETECTORS.find(([, isOne]) => isOne(config, fileName, text))?.[0];
}

const DPO_LOSSES = new Set(
  'sigmoid hinge ipo exo_pair nca_pair robust bco_pair sppo_hard aot aot_pair aot_unpaired apo_zero apo_down discopop sigmoid_norm kto_pair dpo dpo_norm wpo sppo rpo simpo rso'.split(
    ' ',
  ),
);

/** Keys that only other ways of training have. */
const OTHER_TRAININGS = [
  'num_generations',
  'reward_funcs',
  'reward_model_path',
  'reward_model',
  'desirable_weight',
  'undesirable_weight',
  'cpo_alpha',
  'kl_coef',
  'kl_coeff',
  'teacher_model_name_or_path',
  'center_rewards_coefficient',
  'num_ppo_epochs',
  'lmbda',
];

/** Keys that only training on preferences has. */
const DPO_KEYS = [
  'loss_weights',
  'precompute_ref_log_probs',
  'sync_ref_model',
  'ref_model_mixup_alpha',
  'reference_free',
  'rpo_alpha',
  'f_divergence_type',
  'discopop_tau',
  'ld_alpha',
  'dpo_beta',
  'dpo_loss_type',
  'dpo_label_smoothing',
];

type Detector = (config: Section, fileName: string, text: string) => boolean;

const DETECTORS: readonly (readonly [string, Detector])[] = [
  [
    'axolotl',
    ({ rl, base_model, datasets }) =>
      isOneOf(rl, 'dpo', 'ipo') && (isText(base_model) || Array.isArray(datasets)),
  ],
  ['llamafactory', isLlamaFactory],
  ['ms-swift', ({ rlhf_type }) => rlhf_type === 'dpo'],
  [
    'torchtune',
    ({ loss }) =>
      /rlhf\.loss\.\w*(DPO|RSO|Simpo|SimPO)\w*|DPOLoss/.test(String(sectionOf(loss)?._component_ ?? '')),
  ],
  ['nemo-rl', isNemoRl],
  [
    'nemo-aligner',
    (config) =>
      hasKey(config.dpo, 'ref_policy_kl_penalty') ||
      hasKey(sectionOf(config.model)?.dpo, 'ref_policy_kl_penalty'),
  ],
  [
    'align-anything',
    ({ train_cfgs }) =>
      hasKey(train_cfgs, 'scale_coeff') &&
      !['gamma', 'scale_better', 'kl_coeff', 'actor_lr'].some((key) => hasKey(train_cfgs, key)),
  ],
  ['rl2', ({ actor, ref_actor }) => hasKey(actor, 'beta') && sectionOf(ref_actor) !== undefined],
  ['eric-mitchell', isEricMitchell],
  ['open-instruct', isOpenInstruct],
  ['alignment-handbook', (config, fileName, text) => isHandbook(config) && isFlatDpo(config, fileName, text)],
  ['trl', (config, fileName, text) => isText(config.model_name_or_path) && isFlatDpo(config, fileName, text)],
  [
    'custom',
    ({ objective, model }) =>
      isOneOf(sectionOf(objective)?.name, 'dpo', 'ipo') && sectionOf(model) !== undefined,
  ],
  ['trl-custom', isCustom],
];

function isLlamaFactory(config: Section): boolean {
  if (config.stage !== undefined) return config.stage === 'dpo';
  const isNewGeneration =
    isText(config.model) && (config.train_dataset !== undefined || config.dist_config !== undefined);
  return (
    ['pref_beta', 'pref_loss'].some((key) => config[key] !== undefined) &&
    (isText(config.model_name_or_path) || isNewGeneration)
  );
}

/** A recipe of NeMo-RL, or one that changes a few keys of another recipe. */
function isNemoRl(config: Section): boolean {
  if (hasKey(config.dpo, 'reference_policy_kl_penalty')) return true;
  const bases = asList(config.defaults)?.map(String) ?? [];
  const buildsOnDpo = bases.some((base) => /(^|[/_-])dpo[^/]*\.ya?ml$/.test(base));
  const sections = ['policy', 'dpo', 'cluster', 'logger', 'checkpointing', 'data'];
  return buildsOnDpo && sections.some((key) => sectionOf(config[key]) !== undefined);
}

/** `config/loss/dpo.yaml`, or the `config.yaml` that chooses it. */
function isEricMitchell(config: Section): boolean {
  if (config.beta !== undefined && !isText(config.model_name_or_path)) {
    const isLoss =
      isOneOf(config.name, 'dpo', 'ipo') &&
      ['reference_free', 'label_smoothing', 'sync_reference', 'use_reference_model'].some(
        (key) => config[key] !== undefined,
      );
    const isHalos =
      config.trainer === 'DPOTrainer' || (isText(config.dataloader) && config.sync_reference !== undefined);
    if (isLoss || isHalos) return true;
  }
  const groups = Array.isArray(config.defaults) ? config.defaults : [];
  const choosesLoss = groups.some((group) => hasKey(group, 'loss'));
  return (
    choosesLoss &&
    ['local_run_dir', 'local_dirs', 'do_first_eval', 'n_eval_model_samples', 'fsdp_port'].some(
      (key) => config[key] !== undefined,
    )
  );
}

function isOpenInstruct(config: Section, fileName: string, text: string): boolean {
  if (!isText(config.model_name_or_path) || hasOtherTraining(config)) return false;
  if (
    isOneOf(config.loss_type, 'dpo', 'dpo_norm', 'wpo') ||
    config.dpo_loss_type !== undefined ||
    config.dpo_beta !== undefined
  )
    return true;
  const own = [
    'with_tracking',
    'checkpointing_steps',
    'mixer_list',
    'dataset_mixer_list',
    'use_slow_tokenizer',
    'keep_last_n_checkpoints',
  ];
  return own.some((key) => config[key] !== undefined) && isFlatDpo(config, fileName, text);
}

function isHandbook(config: Section): boolean {
  return ['dataset_mixture', 'dataset_mixer', 'dataset_splits'].some((key) => config[key] !== undefined);
}

/** Whether flat keys of a trainer are those of DPO: its own keys, or beta with a word of it somewhere. */
function isFlatDpo(config: Section, fileName: string, text: string): boolean {
  if (hasOtherTraining(config)) return false;
  if (DPO_KEYS.some((key) => config[key] !== undefined)) return true;
  const losses = (asList(config.loss_type) ?? []).map(String);
  if (losses.some((loss) => DPO_LOSSES.has(loss)) && (config.beta !== undefined || saysDpo(fileName, text)))
    return true;
  return config.beta !== undefined && saysDpo(fileName, text);
}

/** A config of a script of its own: beta, a rate or a batch, and DPO in the name of the file or in a section. */
function isCustom(config: Section, fileName: string, text: string): boolean {
  if (hasOtherTraining(config)) return false;
  const dpo = sectionOf(config.dpo) ?? sectionOf(config.dpo_config) ?? sectionOf(config.dpo_training);
  const sections = [
    config,
    dpo,
    sectionOf(config.training),
    sectionOf(config.train),
    sectionOf(config.trainer),
  ];
  const has = (...keys: string[]): boolean =>
    sections.some((section) => section !== undefined && keys.some((key) => isNumeric(section[key])));
  const trains = has(
    'learning_rate',
    'lr',
    'batch_size',
    'per_device_train_batch_size',
    'num_train_epochs',
    'epochs',
    'max_steps',
  );
  return has('beta', 'dpo_beta') && trains && (dpo !== undefined || saysDpo(fileName, text));
}

function hasOtherTraining(config: Section): boolean {
  return OTHER_TRAININGS.some((key) => config[key] !== undefined && config[key] !== null);
}

/** In the name of the file, or as a word of the text. */
function saysDpo(fileName: string, text: string): boolean {
  return (
    /dpo|preference|apo\b/i.test(fileName.split(/[\\/]/).slice(-3).join('/')) ||
    /(?<![a-z])dpo(?![a-z])/i.test(text)
  );
}

function sectionOf(value: Plain | undefined): Section | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}

function hasKey(value: Plain | undefined, key: string): boolean {
  const section = sectionOf(value);
  return section !== undefined && Object.hasOwn(section, key);
}

function isOneOf(value: Plain | undefined, ...words: string[]): boolean {
  return typeof value === 'string' && words.includes(value);
}

function isText(value: Plain | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function isNumeric(value: Plain | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(value));
}
