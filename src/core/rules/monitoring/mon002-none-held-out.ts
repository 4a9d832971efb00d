import type { Rule } from '../../rule';

const SHARE = 0.05;

export const MON002: Rule = {
  code: 'MON002',
  title: 'No pairs are held out',
  severity: 'info',
  when: 'There is neither `data.eval` nor a `data.eval_fraction` above 0.',
  why: 'On the pairs it trains on, DPO reaches an accuracy of 1 sooner or later. Whether it learnt the preference or the pairs shows on others only, and betas can only be compared there.',
  todo: `Name held-out pairs under \`data.eval\`, or set \`data.eval_fraction: ${SHARE}\`.`,
  evidence: [
    'Paper: of each run the checkpoint with the lowest validation loss was kept.',
    'The Zephyr report, quoted in alignment-handbook #45: perfect accuracy on the training pairs after one epoch.',
  ],
  *check(experiment) {
    const fraction = experiment.get('data.eval_fraction');
    const held = experiment.get('data.eval.path');
    if (fraction.value > 0 || fraction.malformed || held.given || held.malformed) return;
    yield {
      at: 'data.eval_fraction',
      message: `No pairs are held out, so over-fitting cannot be seen and betas cannot be compared. Hold out ${100 * SHARE} %.`,
      fixes: [
        {
          title: `Hold out ${100 * SHARE} % of the pairs`,
          edits: experiment.set('data.eval_fraction', SHARE),
        },
      ],
    };
  },
};
