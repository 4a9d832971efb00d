import { showNumber } from '../../config/describe';
import { trainedBetas } from '../../config/questions';
import type { Rule } from '../../rule';
import { listed } from '../../words/counts';

export const BETA007: Rule = {
  code: 'BETA007',
  title: 'With ipo, beta sets a target',
  severity: 'hint',
  when: 'The loss is ipo.',
  why: 'IPO (where beta is called tau) pulls the difference of both log-ratios to 1/(2 beta) and no further. A smaller beta asks for a larger difference, so values tuned for the sigmoid loss do not carry over. TRL and LLaMA-Factory average the log-ratios over tokens before, so there the target is per token.',
  todo: 'Choose beta by the difference you want, in nats, and sweep around it.',
  evidence: [
    'Azar et al., arXiv 2310.12036, section 5: the squared loss and its target.',
    'Source of TRL 1.13, DPOTrainer: the ipo loss divides log-ratios by the number of response tokens.',
  ],
  *check(experiment) {
    const loss = experiment.get('objective.loss');
    if (loss.malformed || loss.value !== 'ipo') return;
    const targets = trainedBetas(experiment).map(({ value }) => Number((1 / (2 * value)).toPrecision(3)));
    if (targets.length === 0) return;
    yield {
      at: 'objective.loss',
      message: `With ipo, beta is no strength but a target: the log-ratios of chosen and rejected shall differ by 1/(2 beta) = ${listed(targets.map(showNumber))} nats (per token where the trainer averages, as TRL does).`,
    };
  },
};
