import { TableExperiment } from '../dialects/table-experiment';
import type { Experiment } from '../experiment';
import { recipeOfOwn } from './from-own';
import { recipeOfForeign } from './from-trainer';
import { type ConversionNote, NOTE_KINDS } from './notes';
import { type Recipe, shown } from './recipe';
import { TARGETS, type Target } from './target-tables';
import { writeFor } from './targets';
import { writeOwn } from './to-own';

export type ConversionTarget = Target | 'dpo-lab';

/** The trainers that a file can be written for, by the name of their dialect. */
export const CONVERSION_TARGETS: readonly ConversionTarget[] = [
  'dpo-lab',
  ...(Object.keys(TARGETS) as Target[]),
];

export interface Conversion {
  /** The new file. */
  readonly text: string;
  /** What became of each setting, by kind. */
  readonly notes: readonly ConversionNote[];
}

/**
 * One training of a file as the config of another trainer, by way of ours. Never throws; what the file does not decide
 * stays undecided.
 * @param source the file that the experiment was read from
 */
export function convert(
  experiment: Experiment,
  source: { readonly text: string; readonly fileName: string },
  target: ConversionTarget,
): Conversion {
  const recipe =
    experiment instanceof TableExperiment
      ? recipeOfForeign(experiment)
      : recipeOfOwn(experiment, source.text, source.fileName);
  const text = target === 'dpo-lab' ? writeOwn(recipe) : writeFor(target, recipe, stemOf(source.fileName));
  if (experiment instanceof TableExperiment) nameTheRest(recipe, experiment);
  const notes = inOrder(recipe);
  return { text: heading(source.fileName, recipe.trainer, notes) + text, notes };
}

/** No key of the file is passed over: what no sentence names is named here. */
function nameTheRest(recipe: Recipe, { entries }: TableExperiment): void {
  const said = recipe.notes.map(({ text }) => text).join('\n');
  for (const [path, key] of recipe.keys) {
    if (said.includes(key)) continue;
    const value = recipe.values.get(path);
    const written = entries.find(key)?.text ?? '';
    if (value === undefined) recipe.note('lost', `${key} ${written} (${path}) has no place in the new file`);
    else recipe.note('changed', `${key} ${written} is part of ${path} ${shown(value)}`);
  }
}

function inOrder({ notes }: Recipe): ConversionNote[] {
  const seen = new Set<string>();
  const distinct = notes.filter(({ text }) => !seen.has(text) && seen.add(text));
  return Object.keys(NOTE_KINDS).flatMap((kind) => distinct.filter((note) => note.kind === kind));
}

function stemOf(fileName: string): string {
  const name = fileName.split(/[\\/]/).at(-1) ?? fileName;
  return name.replace(/(\.dpo)?\.\w+$/, '').replace(/[^\w.-]+/g, '_') || 'dpo';
}

/** What the new file lacks is written above it, where the list that was printed is long gone. */
function heading(fileName: string, trainer: string, notes: readonly ConversionNote[]): string {
  const name = fileName.split(/[\\/]/).at(-1) ?? fileName;
  const open = notes.filter(({ kind }) => kind === 'undecided' || kind === 'lost');
  return [
    `# DPO, converted from ${oneLine(name)} (${trainer}).`,
    ...open.map(({ kind, text }) => `# ${NOTE_KINDS[kind]}: ${oneLine(text)}.`),
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\ufeff]+/gu, ' ');
}
