import type { Checked } from '../check/check';
import type { OptionPath } from '../config/config';
import { describeType, wordsOf } from '../config/describe';
import type { Experiment } from '../config/experiment';
import { childrenOf, isOptionPath, optionAt, sectionAt } from '../config/table';
import { OWN_REFERENCE_SWEEPS, PAPER, STRONGER_REFERENCE_SWEEPS } from '../paper/paper';
import { betaCultures, recipesTable } from '../paper/recipes';
import { sweepTable } from '../paper/sweep-table';
import type { Hover } from './types';

/**
 * What a key or value means, with the paper's numbers where they decide. With `describeOptions` false only the
 * numbers are given, because another extension already shows the schema's description.
 */
export function hoverAt(
  checked: Checked,
  offset: number,
  options: { describeOptions: boolean },
): Hover | undefined {
  const experiment = checked.experiments.find((one) => one.locate(offset) !== undefined);
  const located = experiment?.locate(offset);
  if (!experiment || !located) return undefined;
  const value = located.part === 'value' ? checked.text.slice(located.range.start, located.range.end) : '';
  const parts = [
    ...(options.describeOptions ? [describe(experiment, located.path, located.key, value)] : []),
    evidenceFor(located.path, experiment),
  ].filter(Boolean);
  return parts.length ? { range: located.range, markdown: parts.join('\n\n') } : undefined;
}

function describe(experiment: Experiment, path: string, key: string, value: string): string {
  if (isOptionPath(path)) return optionMarkdown(experiment, path, key, value);
  const section = sectionAt(path);
  const keys = childrenOf(path).map((child) => `\`${child.key}\``);
  const short = section?.shorthand && isOptionPath(`${path}.${section.shorthand}`);
  const shorthand = short ? ` A plain value stands for \`${section.shorthand}\`.` : '';
  return `**${key}**\n\n${section?.why ?? ''}${shorthand}\n\nKeys: ${keys.join(', ')}`;
}

/** An option as a few lines: what it takes, why it is there, what the chosen value does. */
export function optionMarkdown(experiment: Experiment, path: OptionPath, key: string, value = ''): string {
  const { type, unit, why } = optionAt(path);
  const fallback = experiment.defaultInWords(path);
  const facts = [
    describeType(type),
    unit,
    fallback === undefined ? 'no default' : `default ${fallback || 'empty'}`,
  ];
  const meanings = wordsOf(type);
  const meaning = meanings && Object.hasOwn(meanings, value) ? `\`${value}\`: ${meanings[value]}` : '';
  return [`**${key}** · ${facts.filter(Boolean).join(' · ')}`, why, meaning].filter(Boolean).join('\n\n');
}

function evidenceFor(path: string, experiment: Experiment): string {
  if (path === 'objective.beta' || path === 'sweep.beta') {
    const isAveraged = experiment.get('objective.length_normalized').value === true;
    return [
      betaCultures(isAveraged),
      `Win rate by beta, log-probabilities summed, the starting policy as reference (${PAPER}):`,
      sweepTable(OWN_REFERENCE_SWEEPS),
      'What published recipes train with:',
      recipesTable(),
    ].join('\n\n');
  }
  if (path === 'reference' || path === 'reference.policy') {
    return `Win rate by beta, a stronger model as reference (${PAPER}):\n\n${sweepTable(STRONGER_REFERENCE_SWEEPS)}`;
  }
  return '';
}
