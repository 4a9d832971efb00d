import { betaScalesSums, hasOwnReference, trainedBetas } from '../../config/questions';
import { OWN_REFERENCE_GRID } from '../../paper/paper';
import type { Rule } from '../../rule';

/** Averaged log-probabilities want 2 to 10, summed ones 0.01 to 0.1; nothing published lies in between. */
const TOO_HIGH = 1;
const USUAL = 0.1;

export const BETA004: Rule = {
  code: 'BETA004',
  title: 'Beta this high holds the policy where it is',
  severity: 'warning',
  when: `Beta, or every beta of the sweep, is ${TOO_HIGH} or higher with summed log-probabilities and the starting policy as reference.`,
  why: 'A beta of 2 to 10 belongs to log-probabilities that are averaged over the response. Summed ones are as many times larger as the response has tokens, so the same beta pulls some hundred times harder and the policy hardly moves.',
  todo: 'Use 0.01 to 0.1, or set `objective.length_normalized: true` where the recipe averaged.',
  evidence: [
    'open-instruct trains with beta 5 and averaged log-probabilities; copied without the averaging it appears in public configs.',
    'eric-mitchell/direct-preference-optimization #40, #48 and open-instruct #483: averaging needs a beta larger by about the mean length.',
  ],
  *check(experiment) {
    if (!hasOwnReference(experiment) || !betaScalesSums(experiment)) return;
    const betas = trainedBetas(experiment);
    const [first] = betas;
    if (!first || betas.some(({ value }) => value < TOO_HIGH)) return;
    const { at } = first;
    const { key, range } = experiment.get(at);
    const values = betas.map(({ value }) => value).join(', ');
    const lower =
      at === 'sweep.beta'
        ? {
            title: `Sweep beta: ${OWN_REFERENCE_GRID.join(', ')}`,
            edits: experiment.set(at, OWN_REFERENCE_GRID),
          }
        : { title: `Change to ${USUAL}`, edits: experiment.set(at, USUAL) };
    const averaged = experiment.get('objective.length_normalized');
    const named = averaged.expressible ? ` (${averaged.key})` : '';
    yield {
      at,
      range,
      message: `${key} ${values} is the scale of averaged log-probabilities${named}, but here they are summed: the policy will hardly move. Use 0.01 to 0.1.`,
      fixes: [
        lower,
        { title: 'Average log-probabilities', edits: experiment.set('objective.length_normalized', true) },
      ],
    };
  },
};
