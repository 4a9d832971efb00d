import type { Plain } from '../tree';
import { shown } from './recipe';
import type { Target } from './target-tables';
import type { Draft } from './to-trainer';

/** Where pairs come from, in each trainer's own way. */
export function writeData(draft: Draft, target: Target): void {
  const path = draft.recipe.text('data.train.path');
  if (path !== undefined) WRITERS[target](draft, path);
  writeTemplate(draft, target);
  settleSplit(draft);
  writeEvaluation(draft, target);
}

const WRITERS: Readonly<Record<Target, (draft: Draft, path: string) => void>> = {
  trl: writeTrl,
  'alignment-handbook': writeHandbook,
  llamafactory: writeLlamaFactory,
  axolotl: writeAxolotl,
};

const FILE = /\.(jsonl?|parquet|arrow|csv)$/i;

function loaderOf(path: string): string {
  const ending = FILE.exec(path)?.[1]?.toLowerCase();
  return ending === 'jsonl' || ending === undefined ? 'json' : ending;
}

function writeTrl(draft: Draft, path: string): void {
  const fraction = heldOutShare(draft);
  if (!draft.agrees('data.train.path')) {
    if (FILE.test(path)) draft.put('datasets', [{ path: loaderOf(path), data_files: path }]);
    else if (fraction > 0) draft.put('datasets', [{ path, ...splitOf(draft) }]);
    else draft.put('dataset_name', path);
  }
  for (const option of ['data.train.split', 'data.train.config'] as const)
    if (!draft.has('datasets')) draft.write(option);
  if (fraction > 0) draft.put('test_split_size', fraction);
  else splitAside(draft, path);
}

function writeHandbook(draft: Draft, path: string): void {
  const fraction = heldOutShare(draft);
  if (!draft.agrees('data.train.path')) {
    const isAside = draft.recipe.text('data.eval.path') === path;
    if (!isAside) draft.put('dataset_mixture', { datasets: [{ id: path, ...splitOf(draft) }] });
    else draft.put('dataset_name', path);
    if (FILE.test(path))
      draft.recipe.note(
        'changed',
        `dataset ${path}: alignment-handbook loads data sets by hub id or folder; upload the file, or name its folder`,
      );
  }
  if (draft.has('dataset_name'))
    for (const option of ['data.train.split', 'data.train.config'] as const) draft.write(option);
  if (fraction > 0) draft.put('dataset_mixture.test_split_size', fraction);
  else splitAside(draft, path);
}

function splitOf(draft: Draft): { [key: string]: Plain } {
  const split = draft.wanted('data.train.split') ?? 'train';
  const config = draft.wanted('data.train.config');
  return { split, ...(config === undefined ? {} : { config }) };
}

/** A list of data sets says the split of each. */
function settleSplit(draft: Draft): void {
  if (!draft.has('datasets', 'dataset_mixture.datasets', 'dataset_splits')) return;
  const inList = JSON.stringify(
    draft.experiment.file.value('datasets', 'dataset_mixture.datasets', 'dataset_splits'),
  );
  for (const path of ['data.train.split', 'data.train.config'] as const) {
    const value = draft.wanted(path);
    if (typeof value !== 'string' || !inList.includes(JSON.stringify(value))) continue;
    draft.settled.add(path);
    if (draft.recipe.values.has(path))
      draft.recipe.note('carried', `${path} ${value} stands with the data set`);
  }
}

function heldOutShare(draft: Draft): number {
  return Number(draft.wanted('data.eval_fraction') ?? 0);
}

/** Held-out pairs as a split of the same data set. */
function splitAside(draft: Draft, path: string): void {
  const held = draft.recipe.text('data.eval.path');
  if (held === undefined || draft.has('datasets', 'dataset_mixture')) return;
  if (held === path) {
    if (!draft.has('dataset_mixer')) draft.write('data.eval.split');
    draft.settled.add('data.eval.path').add('data.eval.split');
    const split = draft.wanted('data.eval.split') ?? 'test';
    draft.recipe.note('changed', `data.eval.path ${held} became the split ${split} of the same data set`);
  }
}

function writeLlamaFactory(draft: Draft, path: string): void {
  const named = (from: string): string => {
    if (/^[\w-]+$/.test(from)) return from;
    const name = (from.split('/').at(-1) ?? from).replace(FILE, '').replace(/[^\w-]+/g, '_');
    const place = FILE.test(from) ? { file_name: from } : { hf_hub_url: from };
    const entry = { ...place, ranking: true, columns: columnsOf(draft) };
    draft.recipe.note(
      'changed',
      `dataset ${from} became the name ${name}: LLaMA-Factory finds data sets in data/dataset_info.json. Add "${name}": ${JSON.stringify(entry)}`,
    );
    return name;
  };
  if (!draft.has('dataset')) draft.put('dataset', named(path));
  const held = draft.recipe.text('data.eval.path');
  if (held !== undefined && !draft.has('eval_dataset')) draft.put('eval_dataset', named(held));
  else draft.write('data.eval_fraction');
}

function columnsOf(draft: Draft): Record<string, Plain> {
  const column = (key: 'prompt' | 'chosen' | 'rejected'): Plain => draft.wanted(`data.columns.${key}`) ?? key;
  return { prompt: column('prompt'), chosen: column('chosen'), rejected: column('rejected') };
}

function writeAxolotl(draft: Draft, path: string): void {
  const held = draft.recipe.text('data.eval.path');
  const one = (from: string, split: Plain | undefined): Plain[] => [
    {
      path: from,
      ...(FILE.test(from) ? { ds_type: loaderOf(from) } : {}),
      ...(split === undefined ? {} : { split }),
      type: draft.wanted('data.chat_template') === 'none' ? plainText(draft) : 'chat_template.default',
    },
  ];
  if (!draft.agrees('data.train.path')) {
    draft.put('datasets', one(path, draft.wanted('data.train.split')));
    draft.recipe.note(
      'changed',
      `datasets: axolotl wants the layout of the rows as type; ${shown(draft.wanted('data.chat_template') === 'none' ? 'a format of its own' : 'chat_template.default')} is written, check it against the data`,
    );
  }
  if (held !== undefined && !draft.agrees('data.eval.path'))
    draft.put('test_datasets', one(held, draft.wanted('data.eval.split')));
  else draft.write('data.eval_fraction');
}

/** Prompt and answers as they are, without a chat template. */
function plainText(draft: Draft): Plain {
  const { prompt, chosen, rejected } = columnsOf(draft);
  return {
    field_prompt: prompt ?? 'prompt',
    field_chosen: chosen ?? 'chosen',
    field_rejected: rejected ?? 'rejected',
    prompt_format: '{prompt}',
    chosen_format: '{chosen}',
    rejected_format: '{rejected}',
  };
}

function writeTemplate(draft: Draft, target: Target): void {
  const template = draft.wanted('data.chat_template');
  if (target === 'axolotl' && template === 'auto' && !draft.has('chat_template'))
    draft.put('chat_template', 'tokenizer_default');
  if (target === 'llamafactory' && template === 'none' && !draft.has('template'))
    draft.put('template', 'empty');
}

/** When held-out pairs are scored: without a word, transformers never does. */
function writeEvaluation(draft: Draft, target: Target): void {
  const { recipe } = draft;
  const holdsOut =
    heldOutShare(draft) > 0 || recipe.values.has('data.eval.path') || draft.has('dataset_test_split');
  if (!holdsOut || draft.has('eval_strategy', 'evaluation_strategy')) {
    if (draft.has('eval_strategy', 'evaluation_strategy')) draft.write('training.eval_every');
    return;
  }
  if (target !== 'axolotl') draft.put('eval_strategy', 'steps');
  draft.write('training.eval_every');
}
