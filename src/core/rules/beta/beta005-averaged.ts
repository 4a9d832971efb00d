import { trainedBetas } from '../../config/questions';
import type { Rule } from '../../rule';

const TOO_LOW = 0.5;
const TYPICAL = 5;
const TYPICAL_GRID = [2, 5, 10];

export const BETA005: Rule = {
  code: 'BETA005',
  title: 'Beta is too low for averaged log-probabilities',
  severity: 'warning',
  when: `\`objective.length_normalized\` is on and beta, or every beta of the sweep, is below ${TOO_LOW}. The ipo loss is left out: there beta is no strength.`,
  why: 'Averaging divides the reward margin by the response length, often some hundred tokens. The same beta then pulls that much weaker, and a beta of plain DPO is far below the point where texts stop ending.',
  todo: 'Use 2 to 10, or go back to summed log-probabilities.',
  evidence: [
    'eric-mitchell/direct-preference-optimization #48: with averaged log-probabilities beta has to grow by about the mean length.',
    'open-instruct uses beta 5 with averaged log-probabilities; SimPO, which averages too, uses 2 to 10.',
  ],
  *check(experiment) {
    const normalized = experiment.get('objective.length_normalized');
    const loss = experiment.get('objective.loss');
    if (!normalized.value || loss.malformed || loss.value === 'ipo') return;
    const betas = trainedBetas(experiment);
    const [first] = betas;
    if (!first || betas.some(({ value }) => value >= TOO_LOW)) return;
    const { at } = first;
    const { key, range } = experiment.get(at);
    const values = betas.map(({ value }) => value).join(', ');
    const higher =
      at === 'sweep.beta'
        ? { title: `Sweep beta: ${TYPICAL_GRID.join(', ')}`, edits: experiment.set(at, TYPICAL_GRID) }
        : { title: `Change to ${TYPICAL}`, edits: experiment.set(at, TYPICAL) };
    yield {
      at,
      range,
      message: `${key} ${values} is the scale of summed log-probabilities, but ${normalized.key} divides them by the response length, so the pull is some hundred times weaker. Use 2 to 10.`,
      fixes: [
        higher,
        {
          title: `Remove ${normalized.key}`,
          edits: experiment.remove('objective.length_normalized'),
        },
      ],
    };
  },
};
