import { showNumber } from '../../config/describe';
import type { Rule } from '../../rule';
import { methodInWords, usualRates } from './learning-rates';

const MANY = 3;

export const OPT002: Rule = {
  code: 'OPT002',
  title: 'Many epochs at more than the usual learning rate',
  severity: 'info',
  when: `There are ${MANY} or more epochs and the learning rate is above the usual one, but not so high that OPT001 speaks. Policies of under 100 million parameters are left out.`,
  why: 'Pairs seen again are already apart: what is left to gain is to move further from the reference. Held-out accuracy turns down while the training loss keeps falling.',
  todo: 'Train for one epoch, or compare checkpoints by held-out loss and by generated texts.',
  evidence: [
    'Paper: 3 epochs at 5e-7, and of each run the checkpoint with the lowest validation loss.',
    'alignment-handbook #45, with a quotation of the Zephyr report: perfect accuracy on the training pairs after one epoch; its best model all the same came from three, so generated texts decide, not the loss alone.',
  ],
  *check(experiment, facts) {
    const epochs = experiment.get('training.epochs');
    const rate = experiment.get('training.learning_rate');
    const rates = usualRates(experiment, facts);
    if (epochs.value < MANY || experiment.get('training.steps').given || !rates) return;
    if (rate.malformed || rate.value <= rates.usual || rate.value >= rates.high) return;
    yield {
      at: 'training.epochs',
      message: `${epochs.value} epochs at learning rate ${showNumber(rate.value)}: with ${methodInWords(experiment)} more than ${showNumber(rates.usual)} overfits soon. Train for fewer, or compare checkpoints on held-out pairs and texts.`,
      fixes: [{ title: 'Change to 1', edits: experiment.set('training.epochs', 1) }],
    };
  },
};
