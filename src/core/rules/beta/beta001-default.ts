import { betaScalesSums, hasBetaSweep, hasOwnReference } from '../../config/questions';
import { OWN_REFERENCE_GRID, OWN_REFERENCE_SWEEPS, sweepInWords } from '../../paper/paper';
import { bestOf } from '../../paper/win-rates';
import type { Rule } from '../../rule';

const [mistral, tulu] = OWN_REFERENCE_SWEEPS.map(sweepInWords);
const BEST = OWN_REFERENCE_SWEEPS.map((sweep) => bestOf(sweep).beta).sort((a, b) => a - b);

export const BETA001: Rule = {
  code: 'BETA001',
  title: 'Beta 0.1 is a default, not a tuned value',
  severity: 'hint',
  when: 'Beta is 0.1, written or by default, with the sigmoid loss and the starting policy as reference.',
  why: 'Beta decides how far the policy may move from the reference. 0.1 is the value that most recipes copy; where it was tuned, the best value was 5 to 10 times smaller. The other side is a cliff: half a step below the best, texts stop ending, and loss and accuracy do not show it.',
  todo: 'Sweep beta over a logarithmic grid and compare generated texts, not the loss.',
  evidence: [
    `Paper, RQ1, mistral-7b-sft, win rate by beta: ${mistral}.`,
    `Paper, RQ1, tulu-2-7b, win rate by beta: ${tulu}.`,
    'alignment-handbook #88: a re-run of Zephyr found 0.01 better than the published 0.1.',
    'princeton-nlp/SimPO #23: the best beta for DPO on Llama-3-8B-Instruct was 0.005.',
  ],
  *check(experiment) {
    const beta = experiment.get('objective.beta');
    if (beta.value !== 0.1 || beta.malformed || hasBetaSweep(experiment)) return;
    if (experiment.get('objective.loss').value !== 'sigmoid' || !betaScalesSums(experiment)) return;
    if (!hasOwnReference(experiment)) return;
    yield {
      at: 'objective.beta',
      message: `${beta.key} is 0.1${beta.given ? '' : ' by default'}, the value everyone copies. In the paper ${BEST.join(' to ')} was best; too low makes texts run on. Sweep it.`,
      fixes: [
        {
          title: `Sweep beta: ${OWN_REFERENCE_GRID.join(', ')}`,
          edits: experiment.set('sweep.beta', OWN_REFERENCE_GRID),
        },
      ],
    };
  },
};
