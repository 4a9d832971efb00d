import { defaultOf } from '../../config/table';
import type { Rule } from '../../rule';
import { count } from '../../words/counts';

const SMALL = 16;
const USUAL = Number(defaultOf('training.batch_size'));

export const OPT005: Rule = {
  code: 'OPT005',
  title: 'Few pairs per optimizer step',
  severity: 'warning',
  when: `\`training.batch_size\` is below ${SMALL} pairs.`,
  why: 'The learning rates of published recipes belong to 32 to 128 pairs a step. With few pairs each step follows the noise of those few, and the model ends far from where the recipe would.',
  todo: `Use ${USUAL} or more. Memory does not grow with it: that is decided by \`training.micro_batch_size\`.`,
  evidence: [
    'alignment-handbook #188: on one GPU with 1 pair in place of 4 and no more accumulation, MT-bench fell to 1.88; the start had 6.37.',
    'alignment-handbook #50: the recipe counts on 32 pairs a step over all devices.',
  ],
  *check(experiment) {
    const batch = experiment.get('training.batch_size');
    if (!batch.given || batch.value >= SMALL) return;
    const micro = experiment.get('training.micro_batch_size');
    const memory = micro.expressible ? ` Memory depends on ${micro.key}, not on this.` : '';
    yield {
      at: 'training.batch_size',
      message: `${count(batch.value, 'pair')} a step make noisy updates; recipes use 32 to 128.${memory}`,
      fixes: [{ title: `Change to ${USUAL}`, edits: experiment.set('training.batch_size', USUAL) }],
    };
  },
};
