import type { Rule } from '../../rule';
import { keysFor } from '../own-keys';

export const OPT004: Rule = {
  code: 'OPT004',
  title: 'An adapter is trained without a number format',
  severity: 'info',
  when: 'A file for LLaMA-Factory trains an adapter and sets none of `bf16`, `fp16` and `pure_bf16`.',
  why: 'Weights are then computed with in the format of the checkpoint without automatic casts; people report a loss of 0 from the second step.',
  todo: 'Write `bf16: true`, on a GPU that has it.',
  evidence: ['huggingface/alignment-handbook #139: loss 0 with LoRA until bf16 was set.'],
  *check(experiment) {
    const own = keysFor(experiment, 'llamafactory');
    if (!own || experiment.get('training.method').value !== 'lora') return;
    if (own.file.has('bf16', 'fp16', 'pure_bf16', 'infer_dtype')) return;
    yield {
      at: 'training.precision',
      message: 'Neither bf16 nor fp16 is set: with an adapter some see a loss of 0 from the second step.',
      fixes: [{ title: 'Write bf16: true', edits: own.entries.set('bf16', true) }],
    };
  },
};
