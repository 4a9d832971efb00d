import { showNumber } from '../../config/describe';
import type { Rule } from '../../rule';
import { listed } from '../../words/counts';

export const LOSS002: Rule = {
  code: 'LOSS002',
  title: 'Label smoothing has no effect on this loss',
  severity: 'warning',
  when: '`objective.label_smoothing` is above 0 and the trainer does not use it with the chosen loss.',
  why: 'The run would be reported as corrected for flipped labels and would be plain DPO. TRL up to 0.28 smoothed the sigmoid loss; from 0.29 on it ignores the value there without a word.',
  todo: 'Use the robust loss, which corrects for a known share of flipped labels, or remove the setting.',
  evidence: [
    'Verified with TRL 1.13: the sigmoid loss is the same number with label smoothing 0 and 0.4.',
    'Source of TRL 0.28: the sigmoid loss was smoothed there.',
  ],
  *check(experiment) {
    const smoothing = experiment.get('objective.label_smoothing');
    const loss = experiment.get('objective.loss');
    const { losses, smoothedLosses, name } = experiment.trainer;
    if (loss.malformed || smoothing.value <= 0 || !losses.includes(loss.value)) return;
    // LLaMA-Factory refuses it, which another rule says.
    if (smoothedLosses.includes(loss.value) || experiment.trainer.dialect === 'llamafactory') return;
    yield {
      at: 'objective.label_smoothing',
      message: `${smoothing.key} ${showNumber(smoothing.value)} has no effect: ${name} uses it with ${listed(smoothedLosses)}, not with ${loss.value}.`,
      fixes: [
        { title: 'Use the robust loss', edits: experiment.set('objective.loss', 'robust') },
        { title: `Remove ${smoothing.key}`, edits: experiment.remove('objective.label_smoothing') },
      ],
    };
  },
};
