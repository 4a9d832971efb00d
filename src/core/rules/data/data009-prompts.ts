import type { Experiment } from '../../config/experiment';
import type { ReadData } from '../../facts';
import type { Finding, Rule } from '../../rule';
import { count, listed, percent } from '../../words/counts';
import { readData } from './samples';

export const DATA009: Rule = {
  code: 'DATA009',
  title: 'Prompts are empty, or were found by a guess',
  severity: 'warning',
  when: 'Sampled pairs of `data.train` have an empty prompt (an error where all have), or their prompt was found by the usual name of a column that the config does not name.',
  why: 'DPO compares responses to a prompt. Pairs without one are left out, and a prompt from the wrong column trains answers to another question; the losses look the same.',
  todo: 'Name the column as `data.columns.prompt`. Where responses without a prompt are meant, write `data.empty_prompts: true`.',
  evidence: [
    'modelscope/ms-swift #1922, MedicalGPT #382 and LLaMA-Factory #6730: columns called question, or instruction and input.',
  ],
  *check(experiment, { train }) {
    const data = readData(train);
    if (!data) return;
    yield* emptyPrompts(experiment, data);
    yield* guessedPrompt(experiment, data);
  },
};

function* emptyPrompts(
  experiment: Experiment,
  { emptyPrompts: empty = 0, firstEmptyPromptRow: first, sampled }: ReadData,
): Iterable<Finding> {
  if (empty === 0) return;
  yield {
    at: 'data.train.path',
    severity: empty === sampled ? 'error' : 'warning',
    message: `${empty} of ${count(sampled, 'sampled pair')} (${percent(empty / sampled)}) ${empty === 1 ? 'has' : 'have'} an empty prompt, the first in row ${first}. Training leaves them out; write ${experiment.get('data.empty_prompts').key}: true to train on responses without a prompt.`,
  };
}

function* guessedPrompt(experiment: Experiment, { layout }: ReadData): Iterable<Finding> {
  const column = layout?.promptColumn;
  if (layout === undefined || column === undefined) return;
  yield {
    at: 'data.train.path',
    message: `There is no column ${experiment.get('data.columns.prompt').value}, so the prompt is taken from ${column}: rows are read as ${layout.name}, from ${listed(layout.columns)}. Name the column to confirm it.`,
    fixes: [
      {
        title: `Read ${column} as the prompt`,
        edits: experiment.set('data.columns.prompt', column),
      },
    ],
  };
}
