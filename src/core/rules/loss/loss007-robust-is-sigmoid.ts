import type { Rule } from '../../rule';

const USUAL_SHARE = 0.1;

export const LOSS007: Rule = {
  code: 'LOSS007',
  title: 'robust without label smoothing is plain sigmoid',
  severity: 'info',
  when: 'The loss is robust and `objective.label_smoothing` is 0.',
  why: 'Robust DPO corrects for a known share e of flipped labels: ((1 - e) * loss(margin) - e * loss(-margin)) / (1 - 2 e). With e = 0 what remains is the sigmoid loss.',
  todo: 'Set `objective.label_smoothing` to the share of labels that you believe to be flipped, or write sigmoid.',
  evidence: ['Chowdhury et al., arXiv 2403.00409: the estimator, unbiased for a known rate of flips.'],
  *check(experiment) {
    const loss = experiment.get('objective.loss');
    const smoothing = experiment.get('objective.label_smoothing');
    if (loss.malformed || loss.value !== 'robust' || smoothing.malformed || smoothing.value > 0) return;
    yield {
      at: 'objective.loss',
      message: `robust with ${smoothing.key} 0 is the plain sigmoid loss. Give the share of labels that may be flipped.`,
      fixes: [
        {
          title: `Assume ${100 * USUAL_SHARE} % flipped labels`,
          edits: experiment.set('objective.label_smoothing', USUAL_SHARE),
        },
        { title: 'Change to sigmoid', edits: experiment.set('objective.loss', 'sigmoid') },
      ],
    };
  },
};
