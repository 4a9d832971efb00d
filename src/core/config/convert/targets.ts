import type { OptionPath } from '../config';
import { LLAMAFACTORY } from '../dialects/tables/llamafactory';
import { TRANSFORMERS_KEYS } from '../dialects/tables/transformers-changes';
import { asText } from '../dialects/values';
import { OPTION_PATHS } from '../table';
import type { Plain } from '../tree';
import { writeData } from './data-keys';
import { OF_TRANSFORMERS, OF_TRL } from './in-our-terms';
import { isSame, type Recipe, shown } from './recipe';
import { TARGETS, type Target } from './target-tables';
import { compare, Draft } from './to-trainer';

/** Written by functions of their own, since several keys together say them, or one key says several. */
const SPECIAL: ReadonlySet<OptionPath> = new Set<OptionPath>([
  'reference.policy',
  'objective.beta',
  'objective.loss',
  'objective.length_normalized',
  'objective.sft_weight',
  'data.train.path',
  'data.train.split',
  'data.train.config',
  'data.eval.path',
  'data.eval.split',
  'data.eval_fraction',
  'data.chat_template',
  'training.epochs',
  'training.batch_size',
  'training.warmup',
  'training.precision',
  'training.eval_every',
  'backend.torch.accelerate_config',
]);

/** The file of a trainer that trains what the recipe says, as far as that trainer can. */
export function writeFor(target: Target, recipe: Recipe, name: string): string {
  const draft = new Draft(TARGETS[target], recipe);
  begin(draft, target, name);
  for (const path of OPTION_PATHS) {
    if (!SPECIAL.has(path) && isMeant(path, draft)) draft.write(path);
  }
  const isNewToTrl = OF_TRL.includes(target) && recipe.kept[target] === undefined;
  if (isNewToTrl && draft.wanted('training.method') === 'lora') {
    draft.put('lora_dropout', 0);
    recipe.note(
      'changed',
      'lora_dropout: 0 is written out, as adapters of DPO Lab have no dropout and TRL takes 0.05',
    );
  }
  writeLoss(draft, target);
  writeReference(draft);
  writeData(draft, target);
  writeLength(draft, target);
  writePrecision(draft, target);
  compare(draft);
  return draft.text;
}

/** Keys that this trainer's files begin with, and what a file of the same trainer said beyond our options. */
function begin(draft: Draft, target: Target, name: string): void {
  const { recipe } = draft;
  if (target === 'llamafactory') {
    draft.put('stage', 'dpo');
    draft.put('do_train', true);
  }
  if (target === 'axolotl') draft.put('rl', 'dpo');
  const shared = new Set(OF_TRANSFORMERS.includes(target) ? TRANSFORMERS_KEYS.split(' ') : ['output_dir']);
  for (const [dialect, keys] of Object.entries(recipe.kept)) {
    const isRelated = OF_TRANSFORMERS.includes(dialect);
    for (const [key, value] of Object.entries(keys)) {
      // A word that our table lacks, such as report_to none, is passed on where the key is the same.
      const option = draft.experiment.optionOf(key);
      const isSaid = option !== undefined && recipe.values.has(option);
      if (dialect === target) {
        draft.put(key, value);
      } else if (
        key === 'output_dir' ||
        (isRelated && shared.has(key) && !isSaid && !recipe.understood.has(key))
      ) {
        draft.put(key, value);
        recipe.note('carried', `${key} ${shown(value)}`);
      } else if (![...recipe.keys.values()].includes(key) && !recipe.understood.has(key)) {
        recipe.note('lost', `${key} ${shown(value)}: ${draft.table.trainer} has no key for it that is known`);
      }
    }
  }
  if (!draft.has('output_dir')) draft.put('output_dir', `out/${name}`);
}

/** Whether an option matters for what is trained here. */
function isMeant(path: OptionPath, draft: Draft): boolean {
  if (path.startsWith('training.lora.')) return draft.wanted('training.method') === 'lora';
  if (path === 'objective.label_smoothing') return draft.recipe.values.has(path);
  return true;
}

function writeLoss(draft: Draft, target: Target): void {
  const { recipe, table } = draft;
  const loss = draft.wanted('objective.loss');
  const averages = draft.wanted('objective.length_normalized') === true;
  const canAverage = table.rows['objective.length_normalized'] !== undefined;
  const weight = Number(draft.wanted('objective.sft_weight') ?? 0);
  const paths = ['objective.loss', 'objective.length_normalized', 'objective.sft_weight'] as const;
  if (target === 'llamafactory') {
    for (const path of ['objective.loss', 'objective.sft_weight'] as const) draft.write(path);
  } else if (loss !== undefined && !paths.every((path) => draft.agrees(path))) {
    const main = averages && loss === 'sigmoid' ? 'sigmoid_norm' : loss;
    const [key, weights] =
      target === 'axolotl' ? ['dpo_loss_type', 'dpo_loss_weights'] : ['loss_type', 'loss_weights'];
    const losses = weight > 0 ? [main, 'sft'] : [main];
    draft.put(key, losses.length === 1 && target !== 'axolotl' ? main : losses);
    if (weight > 0) draft.put(weights, [1, weight]);
  }
  if (averages && !canAverage) {
    recipe.note(
      'lost',
      `objective.beta ${shown(draft.wanted('objective.beta'))} is left out: it belongs to averaged log-probabilities, and ${table.trainer} sums them, for which 0.01 to 0.1 is usual`,
    );
    recipe.values.delete('objective.beta');
  } else {
    draft.write('objective.beta', { always: true });
  }
}

function writeReference(draft: Draft): void {
  const { recipe, table } = draft;
  const policy = draft.wanted('reference.policy');
  const adapter = recipe.text('model.adapter');
  draft.settled.add('reference.policy');
  if (policy === undefined) return;
  if (table === LLAMAFACTORY && policy !== 'none') {
    if (policy === 'same' && adapter !== undefined && draft.wanted('training.method') === 'lora')
      draft.put('create_new_adapter', true);
    if (policy !== draft.get('reference.policy').value && policy !== 'same') draft.put('ref_model', policy);
  }
  const now = draft.experiment.effectiveReference;
  const isSameReference = isSame(now.policy, policy);
  recipe.note(
    isSameReference ? 'carried' : 'lost',
    isSameReference
      ? `reference: ${now.words}`
      : `reference.policy ${shown(policy)}: ${table.trainer} cannot take it from its file. There the reference is ${now.words}`,
  );
}

/** Steps or epochs, the warm-up, and the batch as parts. */
function writeLength(draft: Draft, target: Target): void {
  const { recipe } = draft;
  if (recipe.number('training.steps') === undefined) draft.write('training.epochs');
  writeWarmup(draft, target);
  const batch = draft.wanted('training.batch_size');
  const micro = draft.wanted('training.micro_batch_size');
  if (typeof batch !== 'number' || typeof micro !== 'number') return;
  const processes = recipe.number('backend.torch.processes') ?? 1;
  const accumulation = Math.max(1, Math.round(batch / micro / processes));
  draft.put('gradient_accumulation_steps', accumulation);
  const real = micro * accumulation * processes;
  const product = `${micro} at once x ${accumulation} accumulated x ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  recipe.note(
    'changed',
    `training.batch_size ${batch} became ${product}${real === batch ? '' : `, which is ${real}: ${batch} cannot be divided so`}`,
  );
}

function writeWarmup(draft: Draft, target: Target): void {
  const warmup = draft.wanted('training.warmup');
  if (typeof warmup !== 'number' || (draft.agrees('training.warmup') && draft.get('training.warmup').given))
    return;
  const asShare = warmup > 0 && warmup < 1 && ['axolotl', 'llamafactory'].includes(target);
  draft.put(asShare ? 'warmup_ratio' : 'warmup_steps', warmup);
}

function writePrecision(draft: Draft, target: Target): void {
  const precision = draft.wanted('training.precision');
  if (
    precision === undefined ||
    (draft.agrees('training.precision') && draft.get('training.precision').given)
  )
    return;
  const put: Record<string, [string, Plain][]> = {
    bf16: [['bf16', true]],
    fp16: [
      ['bf16', false],
      ['fp16', true],
    ],
    fp32: [
      ['bf16', false],
      ['fp16', false],
    ],
    auto: target === 'axolotl' ? [['bf16', 'auto']] : [],
  };
  for (const [key, value] of put[asText(precision) ?? ''] ?? []) draft.put(key, value);
  if (precision !== 'fp32') return;
  draft.settled.add('training.precision');
  draft.recipe.note('carried', 'training.precision "fp32" is bf16 false and fp16 false now');
}
