import type { Arguments } from '../../shell/arguments';
import type { Program } from '../../shell/program';

/** Trainers' own commands, so that they are found behind launchers. */
export const TRAINER_COMMANDS: ReadonlySet<string> = new Set([
  'trl',
  'llamafactory-cli',
  'lmf',
  'axolotl',
  'swift',
  'megatron',
  'tune',
]);

/** A command as far as it says which trainer it starts. */
export interface CommandLine {
  readonly program: Program;
  /** The first words behind the program that are no flags, such as `dpo` of `trl dpo`. */
  readonly words: readonly string[];
  readonly arguments: Arguments;
  /** The value of a flag or setting; `''` for one without a value or with an open one. */
  value(...names: string[]): string | undefined;
}

/** Which trainer a command starts for DPO; undefined for every other command. */
export function recogniseCommand(command: CommandLine): string | undefined {
  return DETECTORS.find(([, isOne]) => isOne(command))?.[0];
}

type Detector = (command: CommandLine) => boolean;

const DETECTORS: readonly (readonly [string, Detector])[] = [
  ['trl', isTrl],
  ['llamafactory', isLlamaFactory],
  ['ms-swift', isSwift],
  ['axolotl', isAxolotl],
  [
    'torchtune',
    ({ program, words }) => base(program) === 'tune' && words[0] === 'run' && words.some(isDpoName),
  ],
  ['align-anything', ({ program }) => /^align_anything\.trainers\..*\bdpo$/.test(program.name)],
  ['rl2', ({ program }) => program.name === 'RL2.trainer.dpo'],
  [
    'open-instruct',
    ({ program }) => /(open_instruct\/dpo\w*|dpo_tune(_cache)?|submit_dpo_job)\.py$/.test(program.name),
  ],
  ['nemo-aligner', isNemoAligner],
  ['nemo-rl', isNemoRl],
  ['openrlhf', isOpenRlhf],
  ['eric-mitchell', isEricMitchell],
  ['refdpo', isRefdpo],
  ['alignment-handbook', isHandbook],
  ['trl-custom', isCustomScript],
];

function isTrl({ program, words }: CommandLine): boolean {
  if (base(program) === 'trl') return words[0] === 'dpo';
  return (
    program.name === 'trl.scripts.dpo' ||
    /(^|\/)trl\/(scripts|examples\/scripts)\/dpo\.py$/.test(program.name)
  );
}

function isLlamaFactory({ program, words, value }: CommandLine): boolean {
  const name = base(program);
  const isOwn =
    ['llamafactory-cli', 'lmf', 'train_bash.py'].includes(name) || /(^|\/)src\/train\.py$/.test(program.name);
  if (value('stage') !== undefined) return value('stage') === 'dpo';
  return isOwn && words[0] === 'train' && words.slice(1).some(isDpoName);
}

function isSwift({ program, words, value }: CommandLine): boolean {
  const name = base(program);
  if (name === 'llm_dpo.py') return true;
  const isOwn = name === 'swift' || name === 'megatron' || /^(rlhf|swift\.cli\..*rlhf)(\.py)?$/.test(name);
  return isOwn && (value('rlhf_type') === 'dpo' || (name === 'swift' && words[0] === 'dpo'));
}

function isAxolotl({ program, words }: CommandLine): boolean {
  const isOwn = (base(program) === 'axolotl' && words[0] === 'train') || program.name === 'axolotl.cli.train';
  return isOwn && words.some(isDpoName);
}

function isNemoAligner({ program, value }: CommandLine): boolean {
  if (base(program) === 'train_gpt_dpo.py') return true;
  return value('dpo.ref_policy_kl_penalty', 'model.dpo.ref_policy_kl_penalty') !== undefined;
}

function isNemoRl({ program, value }: CommandLine): boolean {
  return (
    /(^|\/)examples\/run_dpo\.py$/.test(program.name) ||
    value('dpo.reference_policy_kl_penalty') !== undefined
  );
}

/** Its module or script, or a script of the user that passes its flags on. */
function isOpenRlhf({ program, value }: CommandLine): boolean {
  if (/openrlhf\.cli\.train_dpo$/.test(program.name)) return true;
  const hasModel = value('pretrain', 'model.model_name_or_path') !== undefined;
  if (!hasModel || /sft|_rm|reward|ppo|kto/i.test(base(program))) return false;
  if (base(program) === 'train_dpo.py') return true;
  const hasPairs = value('chosen_key') !== undefined && value('rejected_key') !== undefined;
  return program.kind === 'script' && (isDpoName(program.name) || hasPairs);
}

function isEricMitchell({ program, value }: CommandLine): boolean {
  const loss = value('loss');
  return ['train.py', 'launch.py'].includes(base(program)) && loss !== undefined && /dpo$|^ipo$/.test(loss);
}

function isRefdpo({ program, value }: CommandLine): boolean {
  const own = ['dpo_weight', 'ref_free', 'insert_eos', 'data_split'];
  return (
    base(program) === 'main.py' &&
    value('beta') !== undefined &&
    own.some((name) => value(name) !== undefined)
  );
}

function isHandbook({ program, words, value }: CommandLine): boolean {
  if (!/(^|\/)scripts\/(run_)?dpo\.py$/.test(program.name)) return false;
  return [value('config') ?? '', ...words].some((name) => /\.ya?ml$/.test(name));
}

/** A script of the user around TRL: its name says DPO, and it takes a model or a beta. */
function isCustomScript({ program, value }: CommandLine): boolean {
  if (program.kind === 'program' || !program.name.split('/').some(isDpoName)) return false;
  if (program.kind === 'script' && !isDpoName(base(program))) return false;
  return (
    value('beta', 'dpo_beta') !== undefined &&
    value('model_name_or_path', 'model_name', 'model', 'base_model') !== undefined
  );
}

function isDpoName(name: string): boolean {
  return /(^|[^a-z])dpo([^a-z]|$)/i.test(name);
}

function base({ name }: Program): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
