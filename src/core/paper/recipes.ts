import { table } from '../words/markdown';

/** Betas that published recipes train with, each read in the file that is named. */

interface Recipe {
  readonly name: string;
  /** Whether log-probabilities are averaged over a response. */
  readonly averaged?: true;
  readonly beta: string;
  readonly rate: string;
  readonly source: string;
}

/** Where log-probabilities are averaged: from SimPO's lowest to its highest. */
export const AVERAGED_GRID: readonly number[] = [10, 5, 2];

const RECIPES: readonly Recipe[] = [
  {
    name: 'DPO as the authors of SimPO tuned it, six settings',
    beta: '0.01 in all six',
    rate: '3e-7 to 7e-7',
    source: 'princeton-nlp/SimPO',
  },
  { name: 'Zephyr-7B', beta: '0.01', rate: '5e-7', source: 'alignment-handbook' },
  { name: 'Zephyr-Gemma, StarChat2', beta: '0.05', rate: '5e-7', source: 'alignment-handbook' },
  { name: 'SmolLM3-3B (apo_zero)', beta: '0.05', rate: '1e-6', source: 'alignment-handbook' },
  { name: 'NeMo-RL, default', beta: '0.05', rate: '5e-6', source: 'NVIDIA-NeMo/RL' },
  { name: 'Llama 3 (with an SFT term)', beta: '0.1', rate: '1e-5', source: 'arXiv 2407.21783' },
  { name: 'SmolLM2', beta: '0.5', rate: '1e-6', source: 'alignment-handbook' },
  {
    name: 'Tulu 3 8B and 70B',
    averaged: true,
    beta: '5',
    rate: '5e-7 and 2e-7',
    source: 'allenai/open-instruct',
  },
  { name: 'OLMo 2', averaged: true, beta: '5', rate: '5e-7 to 1e-6', source: 'allenai/open-instruct' },
  {
    name: 'OLMo 3 Instruct and Think',
    averaged: true,
    beta: '5',
    rate: '1e-6 and 8e-8',
    source: 'allenai/open-instruct',
  },
  { name: 'SimPO', averaged: true, beta: '2 to 10', rate: '3e-7 to 1e-6', source: 'princeton-nlp/SimPO' },
];

/** What beta means, and which values the field uses: it has two cultures, and mixing them up costs a run. */
export function betaCultures(isAveraged: boolean): string {
  const here = isAveraged
    ? 'This file **averages** log-probabilities over a response: usual betas are 2 to 10, and Tulu 3, OLMo 2 and OLMo 3 train with 5.'
    : 'This file **sums** log-probabilities over a response: usual betas are 0.01 to 0.1, and the authors of SimPO found 0.01 best for DPO in all six of their settings.';
  const other = isAveraged
    ? "Where they are summed, 0.01 to 0.1 is usual (SimPO's authors found 0.01 best in six of six settings)."
    : 'Where they are averaged, 2 to 10 is usual (Tulu 3, OLMo 2 and 3: 5).';
  const direction =
    'A **larger** beta holds the policy closer to the reference; a smaller one lets it move further. Some pages and courses state this the wrong way round.';
  return [direction, `${here} ${other}`].join('\n\n');
}

/** Recipes as a Markdown table. */
export function recipesTable(): string {
  return table(
    [':recipe', ':log-probabilities', 'beta', 'learning rate', ':read in'],
    RECIPES.map(({ name, averaged, beta, rate, source }) => [
      name,
      averaged ? 'averaged' : 'summed',
      beta,
      rate,
      source,
    ]),
  );
}
