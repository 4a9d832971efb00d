import type { OptionPath } from '../config';
import type { Entry } from '../dialects/entries';
import type { TableExperiment } from '../dialects/table-experiment';
import type { Setting } from '../experiment';
import { defaultOf, OPTION_PATHS } from '../table';
import type { Plain } from '../tree';
import { isMap, type PlainMap } from './emit-yaml';
import { inOurTerms } from './in-our-terms';
import { isSame, Recipe, shown } from './recipe';

/** What the file means for training is not complete without them: their absence is worth a word. */
const DECISIVE: readonly OptionPath[] = [
  'training.learning_rate',
  'training.schedule',
  'training.warmup',
  'training.weight_decay',
  'training.max_grad_norm',
  'training.epochs',
  'data.max_length',
];

/** Keys of other trainers' files whose value says "not set", or what is so without them. */
const INERT: Partial<Record<OptionPath, (value: unknown) => boolean>> = {
  'backend.torch.report_to': () => true,
  'objective.sft_weight': () => true,
  'training.steps': (value) => Number(value) <= 0,
  'training.lora.targets': () => true,
  'training.lora.quantize': () => true,
  'training.precision': () => true,
  'training.epochs': () => true,
  'training.max_grad_norm': (value) => Number(value) <= 0,
};

/** Another trainer's file as it can be written for ours. */
export function recipeOfForeign(experiment: TableExperiment): Recipe {
  const { trainer, table } = experiment;
  const recipe = new Recipe(trainer.dialect, trainer.name);
  const isWhole = experiment.entries.mayHaveMore !== true;
  if (!isWhole) {
    recipe.note(
      'undecided',
      'the command reads a config file or further arguments; what is set there is not known',
    );
  }
  for (const path of OPTION_PATHS) {
    const setting: Setting<unknown> = experiment.get(path);
    if (setting.given) {
      recipe.values.set(path, setting.value as Plain);
      recipe.keys.set(path, setting.key);
    } else if (setting.malformed || setting.written !== undefined) {
      readOdd(path, setting, recipe);
    } else if (setting.expressible && !isWhole) {
      recipe.undecided.set(path, 'may be set elsewhere');
    } else {
      nameDefault(path, setting, experiment, recipe);
    }
  }
  inOurTerms(experiment, recipe);
  const kept = keptOf(experiment, saidWhole(experiment, recipe), recipe);
  recipe.kept[table.id] = kept;
  return recipe;
}

/** A value that the option table has no word for, or that only running the script decides. */
function readOdd(path: OptionPath, { key, written, open }: Setting<unknown>, recipe: Recipe): void {
  if (!open && INERT[path]?.(written) === true) return;
  recipe.undecided.set(path, open ? String(written) : shown(written));
  recipe.note(
    'undecided',
    open
      ? `${path}: ${key} is filled in when the script runs (${written})`
      : `${path}: DPO Lab has no word for ${key} ${shown(written)}`,
  );
}

/** What a trainer does without a key is written out where DPO Lab would do something else. */
function nameDefault(
  path: OptionPath,
  setting: Setting<unknown>,
  { table, trainer }: TableExperiment,
  recipe: Recipe,
): void {
  const row = table.rows[path];
  const fallback = row?.default ?? (path === 'backend.kind' ? 'torch' : undefined);
  const ours = defaultOf(path, String(recipe.values.get('training.method') ?? 'lora'));
  if (fallback !== undefined && (setting.expressible || path === 'backend.kind')) {
    if (isSame(fallback, ours)) return;
    recipe.values.set(path, fallback);
    recipe.note('changed', `${path}: ${shown(fallback)}, the default of ${trainer.name}, is written out`);
  } else if (DECISIVE.includes(path) && ours !== undefined) {
    recipe.note('undecided', `${path}: the file does not say it; the default of DPO Lab is ${shown(ours)}`);
  }
}

/** Keys of which the values say everything. */
function saidWhole(experiment: TableExperiment, recipe: Recipe): ReadonlySet<string> {
  const paths = [...recipe.keys].filter(([path, key]) => {
    const { value } = experiment.get(path);
    return isSame(value, recipe.values.get(path)) && isScalar(experiment.entries.find(key));
  });
  return new Set(paths.map(([, key]) => key));
}

function isScalar(entry: Entry | undefined): boolean {
  return entry !== undefined && (entry.value === null || typeof entry.value !== 'object');
}

/** Everything else that is written, so that it is not gone on the way back. */
function keptOf({ entries, table }: TableExperiment, used: ReadonlySet<string>, recipe: Recipe): PlainMap {
  const kept: PlainMap = {};
  const whole: string[] = [];
  for (const { key, value, text } of entries.all) {
    if (used.has(key) || whole.some((section) => key.startsWith(`${section}.`))) continue;
    const isRow = Object.values(table.rows).some((row) => row.keys.includes(key));
    const isSection = isMap(value) && entries.all.some((other) => other.key.startsWith(`${key}.`));
    if (isSection && !isRow) continue;
    if (isMap(value)) whole.push(key);
    if (value === undefined) {
      if (!isRow) recipe.note('undecided', `${key} is filled in when the script runs (${text})`);
    } else {
      kept[key] = value;
    }
  }
  return kept;
}
