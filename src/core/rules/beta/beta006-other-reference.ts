import { betaScalesSums, hasBetaSweep, hasForeignReference } from '../../config/questions';
import { nearestPair } from '../../paper/nearest-pair';
import { STRONGER_REFERENCE_GRID, STRONGER_REFERENCE_SWEEPS, sweepInWords } from '../../paper/paper';
import { bestOf } from '../../paper/win-rates';
import type { Rule } from '../../rule';

const LOW = 0.1;
const bestAtOne = STRONGER_REFERENCE_SWEEPS.filter((pair) => bestOf(pair).beta === 1).length;

export const BETA006: Rule = {
  code: 'BETA006',
  title: 'Beta is low for another model as reference',
  severity: 'info',
  when: `Another model serves as reference, beta is written as ${LOW} or lower, and there is no sweep.`,
  why: `The best beta moves with the reference: a pull to a good policy is worth keeping tight. In ${bestAtOne} of the paper's ${STRONGER_REFERENCE_SWEEPS.length} pairs it was 1, and one pair degenerated at 0.1 and below; one pair did best at 0.01.`,
  todo: 'Sweep beta upwards: 0.01, 0.1, 1, 10.',
  evidence: STRONGER_REFERENCE_SWEEPS.map(
    (pair) => `Paper, RQ3, ${pair.policy} with ${pair.reference}, win rate by beta: ${sweepInWords(pair)}.`,
  ),
  *check(experiment, facts) {
    const beta = experiment.get('objective.beta');
    if (!beta.given || beta.value > LOW || hasBetaSweep(experiment)) return;
    if (!hasForeignReference(experiment) || !betaScalesSums(experiment)) return;
    const pair = nearestPair(experiment, facts);
    yield {
      at: 'objective.beta',
      message: `${beta.key} ${beta.value} is low for another model as reference: in ${bestAtOne} of the paper's ${STRONGER_REFERENCE_SWEEPS.length} pairs 1 was best. Nearest to yours: ${pair.policy} with ${pair.reference} (win rate in % by beta: ${sweepInWords(pair)}).`,
      fixes: [
        {
          title: `Sweep beta: ${STRONGER_REFERENCE_GRID.join(', ')}`,
          edits: experiment.set('sweep.beta', STRONGER_REFERENCE_GRID),
        },
      ],
    };
  },
};
