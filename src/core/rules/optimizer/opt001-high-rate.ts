import { showNumber } from '../../config/describe';
import type { Rule } from '../../rule';
import { methodInWords, usualRates } from './learning-rates';

export const OPT001: Rule = {
  code: 'OPT001',
  title: 'The learning rate is high for DPO',
  severity: 'warning',
  when: 'The learning rate is 5e-6 or more with full fine-tuning, or 5e-5 or more with LoRA. Policies of under 100 million parameters are left out: the figures come from models of 1 billion and more.',
  why: 'DPO separates chosen from rejected within a few dozen steps. At rates that suit SFT it does so by making both unlikely: the loss falls to 0, accuracy reaches 1, and texts repeat or break.',
  todo: 'Start at 5e-7 with full fine-tuning and at 5e-6 with LoRA; go up only while generated texts stay sound.',
  evidence: [
    'Public DPO configs: the median learning rate is 1e-6.',
    'trl #1236: loss 0 and accuracy 1 within a few steps, with a broken model after it.',
    'hiyouga/LLaMA-Factory #7734 and #1347: repeated, garbled texts at 1e-4.',
    'Paper: 5e-7 for 7 billion parameters, full fine-tuning.',
  ],
  *check(experiment, facts) {
    const rate = experiment.get('training.learning_rate');
    const rates = usualRates(experiment, facts);
    if (!rate.given || !rates || rate.value < rates.high) return;
    const times = Math.round(rate.value / rates.usual);
    const effect =
      rate.value >= rates.veryHigh
        ? 'Expect loss 0 and accuracy 1 within a few steps, and texts that repeat or break.'
        : 'Both responses may become unlikely together while the loss looks good.';
    yield {
      at: 'training.learning_rate',
      message: `${rate.key} ${showNumber(rate.value)} is ${times} times what is usual for DPO with ${methodInWords(experiment)} (${showNumber(rates.usual)}). ${effect}`,
      fixes: [
        {
          title: `Change to ${showNumber(rates.usual)}`,
          edits: experiment.set('training.learning_rate', rates.usual),
        },
      ],
    };
  },
};
