import { hasBetaSweep, hasForeignReference } from '../../config/questions';
import { nearestPair } from '../../paper/nearest-pair';
import { STRONGER_REFERENCE_GRID, STRONGER_REFERENCE_SWEEPS, sweepInWords } from '../../paper/paper';
import { bestOf, bestWithOwnReference } from '../../paper/win-rates';
import type { Rule } from '../../rule';
import { BETA006 } from '../beta/beta006-other-reference';

const helped = STRONGER_REFERENCE_SWEEPS.filter(
  (pair) => bestOf(pair).winRate > (bestWithOwnReference(pair)?.winRate ?? 0),
).length;

export const REF010: Rule = {
  code: 'REF010',
  title: 'Another model as reference needs its own beta',
  severity: 'info',
  when: 'Another model serves as reference, there is no sweep over beta, and BETA006 does not speak already.',
  why: `A stronger reference raised the result above the starting policy as reference in ${helped} of the paper's ${STRONGER_REFERENCE_SWEEPS.length} pairs: where both models are compatible, of one family and pre-training. The best beta differed by a factor of 100 between pairs.`,
  todo: 'Sweep beta over 0.01, 0.1, 1, 10, and run the same with the starting policy as reference to compare with.',
  evidence: STRONGER_REFERENCE_SWEEPS.map((pair) => {
    const own = bestWithOwnReference(pair);
    return `Paper, RQ3, ${pair.policy} with ${pair.reference}, win rate by beta: ${sweepInWords(pair)}. With itself as reference: ${own?.winRate} at ${own?.beta}.`;
  }),
  *check(experiment, facts) {
    if (!hasForeignReference(experiment) || hasBetaSweep(experiment)) return;
    if ([...BETA006.check(experiment, facts)].length > 0) return;
    const pair = nearestPair(experiment, facts);
    const best = bestOf(pair);
    const own = bestWithOwnReference(pair);
    yield {
      at: 'reference.policy',
      message: `The best beta depends on the reference, and a stronger one does not always help. In the paper's nearest pair, ${pair.policy} with ${pair.reference}, the win rate was ${best.winRate} % at beta ${best.beta}; with itself as reference ${own?.winRate} % at ${own?.beta}. Sweep it.`,
      fixes: [
        {
          title: `Sweep beta: ${STRONGER_REFERENCE_GRID.join(', ')}`,
          edits: experiment.set('sweep.beta', STRONGER_REFERENCE_GRID),
        },
      ],
    };
  },
};
