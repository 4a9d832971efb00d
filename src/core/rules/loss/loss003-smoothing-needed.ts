import type { Rule } from '../../rule';

/** What TRL suggests in place of 0. */
const SMALL = 0.001;

export const LOSS003: Rule = {
  code: 'LOSS003',
  title: 'exo_pair needs label smoothing above 0',
  severity: 'error',
  when: 'The loss is exo_pair and `objective.label_smoothing` is 0.',
  why: 'EXO compares the policy with smoothed labels; unsmoothed ones put log 0 into the loss. TRL refuses to start.',
  todo: `Set \`objective.label_smoothing\` to a small value such as ${SMALL}.`,
  evidence: ['Source of TRL 1.13, DPOTrainer: exo_pair raises an error with label_smoothing 0.'],
  *check(experiment) {
    const loss = experiment.get('objective.loss');
    const smoothing = experiment.get('objective.label_smoothing');
    if (loss.malformed || loss.value !== 'exo_pair' || !experiment.trainer.losses.includes(loss.value))
      return;
    if (smoothing.malformed || smoothing.value > 0) return;
    yield {
      at: 'objective.label_smoothing',
      message: `exo_pair needs ${smoothing.key} above 0: its target is the smoothed label, and log 0 is infinite.`,
      fixes: [{ title: `Change to ${SMALL}`, edits: experiment.set('objective.label_smoothing', SMALL) }],
    };
  },
};
