import type { TableExperiment } from '../dialects/table-experiment';
import { toNumber } from '../dialects/values';
import type { Recipe } from './recipe';

const SECTIONS = [
  '',
  'train_cfgs.',
  'training.',
  'train.',
  'trainer.',
  'dpo.',
  'dpo_config.',
  'training_args.',
];
const ACCUMULATION = SECTIONS.map((section) => `${section}gradient_accumulation_steps`);

/** Pairs per optimizer step, from pairs at once on a device, accumulation and processes. */
export function batchInOurTerms(experiment: TableExperiment, recipe: Recipe): void {
  if (recipe.values.has('training.batch_size')) {
    microOf(experiment, recipe);
    return;
  }
  const { file, entries, trainer, table } = experiment;
  const micro =
    recipe.number('training.micro_batch_size') ?? (table.rows['training.micro_batch_size'] ? 1 : undefined);
  const written = file.has(...ACCUMULATION) ? file.value(...ACCUMULATION) : 1;
  const accumulation = toNumber(written);
  const processes = recipe.number('backend.torch.processes') ?? entries.processes;
  if (
    micro === undefined ||
    accumulation === undefined ||
    recipe.undecided.has('training.micro_batch_size') ||
    entries.mayHaveMore
  ) {
    recipe.undecided.set('training.batch_size', 'micro batch x accumulation x processes');
    recipe.note('undecided', 'training.batch_size: the file does not decide micro batch and accumulation');
    return;
  }
  for (const key of ACCUMULATION) recipe.understood.add(key);
  if (processes !== undefined) recipe.values.set('backend.torch.processes', processes);
  const size = micro * accumulation * (processes ?? 1);
  recipe.values.set('training.batch_size', size);
  const product = `${micro} at once x ${accumulation} accumulated x ${processes ?? 1} ${processes === 1 || processes === undefined ? 'process' : 'processes'}`;
  recipe.note(
    'changed',
    processes === undefined
      ? `training.batch_size: ${size} = ${product}. The file does not say how many processes run: multiply by their number`
      : `training.batch_size: ${size} = ${product} (${trainer.program})`,
  );
}

/** Where a file gives the whole batch and accumulation. */
function microOf({ file, entries }: TableExperiment, recipe: Recipe): void {
  const accumulation = toNumber(file.value(...ACCUMULATION));
  const batch = recipe.number('training.batch_size');
  if (accumulation === undefined || batch === undefined || recipe.values.has('training.micro_batch_size'))
    return;
  for (const key of ACCUMULATION) recipe.understood.add(key);
  const micro = Math.max(1, Math.floor(batch / accumulation / (entries.processes ?? 1)));
  recipe.values.set('training.micro_batch_size', micro);
  recipe.note(
    'changed',
    `training.micro_batch_size: ${micro} = ${batch} pairs in ${accumulation} accumulated parts`,
  );
}
