import type { Checked } from '../check/check';
import type { OptionPath } from '../config/config';
import { describeType } from '../config/describe';
import { yamlValue } from '../config/edit';
import type { Experiment } from '../config/experiment';
import type { OptionType } from '../config/option-types';
import { formatOf, read } from '../config/read';
import { isOptionPath, optionAt, sectionAt } from '../config/table';
import { entryOf, type Node, nodeAt } from '../config/tree';
import { OWN_REFERENCE_SWEEPS } from '../paper/paper';
import type { Range } from '../words/text';
import { type Cursor, cursorAt } from './cursor';
import { optionMarkdown } from './hover';
import type { Completion, Resources } from './types';

/**
 * Keys and values that fit at an offset. With `keysAndValues` false only what the schema cannot know is offered
 * (models, files, columns), because another extension already completes from the schema.
 */
export function completionsAt(
  checked: Checked,
  offset: number,
  resources: Resources,
  options: { keysAndValues: boolean },
): Completion[] {
  const format = formatOf(checked.fileName);
  const cursor = cursorAt(checked.text, offset, format);
  if (!cursor) return [];
  if (cursor.at === 'key') {
    if (!options.keysAndValues) return [];
    const section = nodeAt(read(checked.text, format).root, cursor.section);
    return keyCompletions(checked.experiment, cursor, section, checked.text, format === 'json');
  }
  const path = checked.experiment.optionOf(cursor.path.join('.')) ?? '';
  const found = foundValues(path, checked, resources);
  const listed = options.keysAndValues ? listedValues(path, checked, cursor.at === 'item') : [];
  const others = listed.filter(({ label }) => !found.some((value) => value.label === label));
  return [...found, ...others].map((value) => ({ ...value, ...written(value.label, cursor, value.kind) }));
}

type Value = Pick<Completion, 'label' | 'kind' | 'detail' | 'markdown'>;

function keyCompletions(
  experiment: Experiment,
  cursor: Extract<Cursor, { at: 'key' }>,
  section: Node | undefined,
  text: string,
  json: boolean,
): Completion[] {
  const typed = text.slice(cursor.range.start, cursor.range.end).replaceAll('"', '');
  return experiment
    .keysIn(cursor.section.join('.'))
    .filter(({ key }) => key === typed || !entryOf(section, key))
    .map(({ key, path, isSection }) => {
      const full = [...cursor.section, key].join('.');
      const option = experiment.optionOf(full);
      const opensBlock = isSection && !option && !cursor.flow;
      const separator = hasColon(text, cursor.range) ? '' : opensBlock ? `:\n${cursor.indent}  ` : ': ';
      return {
        label: key,
        kind: isSection ? 'section' : 'key',
        detail: isSection ? 'section' : option ? describeType(optionAt(option).type) : '',
        markdown: isSection
          ? (sectionAt(path ?? '')?.why ?? '')
          : option
            ? optionMarkdown(experiment, option, full)
            : '',
        range: cursor.range,
        newText: (json ? JSON.stringify(key) : key) + separator,
      };
    });
}

function hasColon(text: string, range: Range): boolean {
  return /^["']?[ \t]*:/.test(text.slice(range.end));
}

function foundValues(path: string, checked: Checked, resources: Resources): Value[] {
  if (path === 'model.path' || path === 'reference.policy') {
    return resources.models.map((label) => ({ label, kind: 'model', detail: 'in the local hub cache' }));
  }
  if (path === 'data.train.path' || path === 'data.eval.path') {
    return resources.dataFiles.map((label) => ({ label, kind: 'file', detail: 'file' }));
  }
  const { train } = checked.facts;
  if (path.startsWith('data.columns.') && train?.state === 'read') {
    return train.columns.map((label) => ({ label, kind: 'column', detail: 'column of data.train' }));
  }
  return [];
}

function listedValues(path: string, checked: Checked, isItem: boolean): Value[] {
  const option = isOptionPath(path) ? optionAt(path) : undefined;
  if (!option) return [];
  const type = isItem && option.type.kind === 'list' ? option.type.items : option.type;
  if (path === 'objective.beta' || (path === 'sweep.beta' && isItem)) return betaValues();
  const allowed = path === 'objective.loss' ? checked.experiment.trainer.losses : undefined;
  const words = Object.entries(meaningsOf(type)).filter(([value]) => !allowed || allowed.includes(value));
  if (words.length) {
    const { experiment } = checked;
    return words.map(([label, detail]) => ({
      label: experiment.spell(path as OptionPath, label),
      kind: 'value',
      detail,
    }));
  }
  return (option.examples ?? []).map((example) => ({
    label: Array.isArray(example) || typeof example === 'number' ? yamlValue(example) : String(example),
    kind: 'value',
    detail: 'example',
  }));
}

function meaningsOf(type: OptionType): Readonly<Record<string, string>> {
  if (type.kind === 'choice') return type.values;
  if (type.kind === 'boolean') return { true: '', false: '' };
  return type.kind === 'string' ? (type.suggestions ?? {}) : {};
}

/** The paper's grid, each with what it gave there. */
function betaValues(): Value[] {
  const betas = OWN_REFERENCE_SWEEPS[0]?.winRates.map(({ beta }) => beta) ?? [];
  return betas.map((beta) => {
    const results = OWN_REFERENCE_SWEEPS.map(
      ({ policy, winRates }) =>
        `${policy.split('-')[0]} ${winRates.find((row) => row.beta === beta)?.winRate}`,
    );
    return { label: String(beta), kind: 'value', detail: `paper: ${results.join(', ')}` };
  });
}

function written(
  label: string,
  cursor: Exclude<Cursor, { at: 'key' }>,
  kind: Completion['kind'],
): Pick<Completion, 'range' | 'newText'> {
  const isText =
    kind === 'model' || kind === 'file' || kind === 'column' || !/^[-\d.[]|^(true|false)$/.test(label);
  const newText = cursor.quoted && isText ? JSON.stringify(label) : isText ? yamlValue(label) : label;
  return { range: cursor.range, newText };
}
