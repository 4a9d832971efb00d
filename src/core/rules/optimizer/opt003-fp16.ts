import type { Rule } from '../../rule';

export const OPT003: Rule = {
  code: 'OPT003',
  title: 'fp16 overflows in DPO',
  severity: 'warning',
  when: '`training.precision` is fp16.',
  why: 'A float16 ends at 65504. Gradients and scores of long responses pass it, rewards become NaN, and trainers that hide NaN print loss 0.0: it looks like success.',
  todo: 'Use auto: bf16 where the device has it, else fp32.',
  evidence: [
    'trl #878, LLaMA-Factory #1874, alignment-handbook #139: NaN rewards or a loss of 0 from the second step, with fp16.',
    'Verified with TRL 1.13: a diverged run prints loss 0.0 and accuracy 0.0 beside NaN rewards.',
  ],
  *check(experiment) {
    const precision = experiment.get('training.precision');
    if (precision.value !== 'fp16') return;
    yield {
      at: 'training.precision',
      message: `${precision.key} fp16 overflows on long responses: rewards become NaN, and the loss may be shown as 0. bf16 has the range of fp32.`,
      fixes: [
        { title: 'Change to auto', edits: experiment.set('training.precision', 'auto') },
        { title: 'Change to bf16', edits: experiment.set('training.precision', 'bf16') },
      ],
    };
  },
};
