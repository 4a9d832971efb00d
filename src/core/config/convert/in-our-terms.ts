import type { TableExperiment } from '../dialects/table-experiment';
import { asBoolean, asList, asText, toNumber } from '../dialects/values';
import { batchInOurTerms } from './batch-size';
import { type Recipe, shown } from './recipe';

type Turn = (experiment: TableExperiment, recipe: Recipe) => void;

/** What other trainers say in other terms than the option table. */
export function inOurTerms(experiment: TableExperiment, recipe: Recipe): void {
  for (const turn of [reference, loss, length, heldOut, dataset, template, adapter, precision, launch])
    turn(experiment, recipe);
  batchInOurTerms(experiment, recipe);
  for (const key of UNDERSTOOD) recipe.understood.add(key);
}

/** What a file of this kind says by being one, and keys that were read together with others. */
const UNDERSTOOD = [
  'stage',
  'do_train',
  'rl',
  'rlhf_type',
  'do_eval',
  'eval_strategy',
  'evaluation_strategy',
  'dataset_splits',
  'lora_target_linear',
  'bf16',
  'fp16',
];

export const OF_TRANSFORMERS = ['trl', 'alignment-handbook', 'llamafactory'];
/** Trainers that sum the log-probabilities of the loss ipo, which the others average. */
const SUMS_IPO = ['eric-mitchell', 'openrlhf', 'nemo-aligner'];

const reference: Turn = ({ effectiveReference: { policy, words } }, recipe) => {
  if (recipe.values.get('reference.logprobs') === 'columns') return;
  if (policy === undefined) {
    recipe.values.delete('reference.policy');
    recipe.undecided.set('reference.policy', words);
    recipe.note('undecided', `reference.policy: ${words}`);
    return;
  }
  const isWritten = recipe.values.get('reference.policy') === policy;
  recipe.undecided.delete('reference.policy');
  if (policy === 'same') recipe.values.delete('reference.policy');
  else recipe.values.set('reference.policy', policy);
  recipe.note(isWritten || policy === 'same' ? 'carried' : 'changed', `reference: ${words}`);
};

const loss: Turn = ({ trainer: { dialect, program } }, recipe) => {
  if (recipe.text('objective.loss') === 'ipo' && SUMS_IPO.includes(dialect)) {
    recipe.note(
      'changed',
      `objective.beta: for the loss ipo ${program} sums log-probabilities, and other trainers average them over the tokens. The same beta means something else there: multiply it by the usual number of tokens of a response`,
    );
  }
  if (recipe.values.get('objective.length_normalized') === true) {
    recipe.note(
      'changed',
      'objective.length_normalized: true says that log-probabilities are averaged over the tokens; beta keeps its scale, 2 to 10 is usual',
    );
  }
};

/** Where both are given, the steps end the training. */
const length: Turn = (_experiment, recipe) => {
  if (recipe.number('training.steps') === undefined) return;
  const epochs = recipe.forget('training.epochs');
  recipe.undecided.delete('training.epochs');
  if (epochs !== undefined)
    recipe.note('changed', `training.epochs ${shown(epochs)} is not used, as the steps end the training`);
};

/** transformers scores held-out pairs only where it is asked to; TRL takes them from a split of the training data. */
const heldOut: Turn = ({ file, trainer: { dialect } }, recipe) => {
  if (!OF_TRANSFORMERS.includes(dialect)) return;
  const strategy = asText(file.value('eval_strategy', 'evaluation_strategy')) ?? 'no';
  if (strategy === 'no') {
    recipe.forget('training.eval_every');
    if (dialect === 'llamafactory') return;
    const split = recipe.forget('data.eval.split');
    if (split !== undefined && file.has('dataset_test_split'))
      recipe.note('changed', `dataset_test_split ${shown(split)} is not used, as eval_strategy is no`);
    return;
  }
  if (strategy === 'epoch') {
    recipe.forget('training.eval_every');
    recipe.note(
      'changed',
      'eval_strategy epoch: DPO Lab evaluates after so many steps, see training.eval_every',
    );
  } else if (!recipe.values.has('training.eval_every') && !recipe.undecided.has('training.eval_every')) {
    const every = recipe.number('training.log_every') ?? 500;
    recipe.values.set('training.eval_every', every);
    recipe.note(
      'changed',
      `training.eval_every: ${every}, as eval_steps is absent and logging_steps stands for it`,
    );
  }
  if (dialect === 'llamafactory') return;
  const path = recipe.text('data.train.path');
  if (path === undefined || recipe.values.has('data.eval_fraction')) return;
  recipe.values.set('data.eval.path', path);
  recipe.note('changed', `data.eval.path: ${path}, as held-out pairs are a split of the training data`);
};

const dataset: Turn = ({ file, trainer: { dialect } }, recipe) => {
  const splits = (asList(file.value('dataset_splits')) ?? []).map(String);
  const first = firstOfMixture(file.value('dataset_mixture.datasets', 'datasets'));
  const train = splits.find((split) => /train/.test(split)) ?? asText(first?.split);
  const config = asText(first?.config) ?? asText(first?.name);
  if (train !== undefined) recipe.values.set('data.train.split', train);
  if (config !== undefined) recipe.values.set('data.train.config', config);
  const test = splits.find((split) => /test|val/.test(split));
  if (test !== undefined && recipe.values.has('data.eval.path')) recipe.values.set('data.eval.split', test);
  const names = (recipe.text('data.train.path') ?? '').split(',').map((name) => name.trim());
  const [name = '', ...others] = names;
  if (others.length > 0) {
    recipe.values.set('data.train.path', name);
    recipe.note('lost', `data sets ${others.join(', ')}: DPO Lab trains on one; only ${name} is carried`);
  }
  const count = mixtureSize(file.value('dataset_mixture.datasets', 'dataset_mixer', 'datasets', 'dataset'));
  if (others.length === 0 && count > 1)
    recipe.note(
      'lost',
      `${count - 1} more of ${count} data sets: DPO Lab trains on one; only ${name} is carried`,
    );
  if (dialect === 'llamafactory' && name !== '') {
    recipe.note(
      'changed',
      `data.train.path: ${name} is a name in dataset_info.json of LLaMA-Factory; write the file or hub id that stands there`,
    );
  }
};

function firstOfMixture(value: unknown): Record<string, string> | undefined {
  const [first]: unknown[] = Array.isArray(value) ? value : [];
  return first !== null && typeof first === 'object' ? (first as Record<string, string>) : undefined;
}

function mixtureSize(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return value !== null && typeof value === 'object' ? Object.keys(value).length : 1;
}

/** A name of a template, or its text: an option of ours takes a file. */
const template: Turn = (_experiment, recipe) => {
  const written = recipe.text('data.chat_template');
  if (written === undefined || written === 'auto') return;
  recipe.values.delete('data.chat_template');
  if (['default', 'tokenizer_default'].includes(written)) return;
  recipe.note(
    'changed',
    `data.chat_template: auto, the template of the model's tokenizer, in place of ${shown(written)}; compare the two`,
  );
};

/** Layers that an adapter is put on where the file does not name them, in peft's table for the usual models. */
const PEFT_TARGETS = ['q_proj', 'v_proj'];

const adapter: Turn = ({ file, trainer: { dialect, program }, entries }, recipe) => {
  const method = recipe.values.get('training.method') ?? 'lora';
  const paths = [
    'training.lora.rank',
    'training.lora.alpha',
    'training.lora.targets',
    'training.lora.quantize',
  ] as const;
  if (method !== 'lora') {
    for (const path of paths) {
      const value = recipe.forget(path);
      const key = recipe.keys.get(path);
      if (key !== undefined)
        recipe.note('changed', `${key} ${shown(value)} is not used, as no adapter is trained`);
    }
    return;
  }
  if (dialect === 'llamafactory' && !recipe.values.has('training.lora.alpha')) {
    const alpha = 2 * (recipe.number('training.lora.rank') ?? 8);
    recipe.values.set('training.lora.alpha', alpha);
    recipe.note(
      'changed',
      `training.lora.alpha: ${alpha}, as LLaMA-Factory takes twice the rank without lora_alpha`,
    );
  }
  const named = file.value('lora_target_modules', 'lora_target', 'target_modules');
  const isAll =
    ['all', 'all-linear', 'ALL'].includes(String(named)) || asBoolean(file.value('lora_target_linear'));
  if (isAll) {
    recipe.forget('training.lora.targets');
    recipe.note(
      'changed',
      'training.lora.targets: the seven linear layers of models like Llama stand for all linear layers',
    );
  } else if (
    named === undefined &&
    ['trl', 'alignment-handbook', 'axolotl'].includes(dialect) &&
    !entries.mayHaveMore
  ) {
    recipe.values.set('training.lora.targets', PEFT_TARGETS);
    recipe.note(
      'changed',
      `training.lora.targets: ${PEFT_TARGETS.join(', ')}, which peft takes for Llama, Mistral and Qwen where the file names no layers`,
    );
  }
  const dropout = toNumber(file.value('lora_dropout')) ?? (OF_TRL.includes(dialect) ? 0.05 : 0);
  if (dropout <= 0) return;
  recipe.understood.add('lora_dropout');
  recipe.note('lost', `lora_dropout ${dropout}: adapters of DPO Lab have no dropout (${program})`);
};

export const OF_TRL = ['trl', 'alignment-handbook'];

const precision: Turn = ({ file }, recipe) => {
  const off = ['bf16', 'fp16'].filter((key) => asBoolean(file.value(key)) === false);
  if (recipe.values.has('training.precision') || !off.includes('bf16')) return;
  recipe.values.set('training.precision', 'fp32');
  recipe.note('changed', 'training.precision: fp32, as bf16 is false and fp16 is not true');
};

/** A DeepSpeed file is no file of accelerate. */
const launch: Turn = ({ file }, recipe) => {
  if (!file.has('deepspeed') || file.has('accelerate_config')) return;
  const path = recipe.forget('backend.torch.accelerate_config');
  if (path === undefined) return;
  recipe.understood.add('deepspeed');
  recipe.note(
    'lost',
    `deepspeed ${shown(path)}: name it in a file for accelerate, and that one under backend.torch.accelerate_config`,
  );
};
