import { showNumber } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import type { Finding, Rule } from '../../rule';
import { takesTrlLosses } from '../own-keys';

/** What TRL suggests in place of 0. */
const SMALL = 0.001;
/** Half of the labels wrong: nothing is left to learn from. */
const LIMIT = 0.5;
const USUAL = 0.1;

export const LOSS003: Rule = {
  code: 'LOSS003',
  title: 'Loss and label smoothing do not go together',
  severity: 'error',
  when: 'The loss is exo_pair and label smoothing is 0; or the loss is robust and label smoothing is 0.5 or more, for trainers that use the losses of TRL (warning); or label smoothing is set for LLaMA-Factory with another loss than sigmoid.',
  why: 'EXO compares the policy with smoothed labels; unsmoothed ones put log 0 into the loss, and TRL refuses to start. So does LLaMA-Factory with smoothing beside other losses. The robust loss divides by 1 - 2 x smoothing: at 0.5 by 0, and above it the preference is turned around.',
  todo: `Set label smoothing to a small value such as ${SMALL} for exo_pair, below ${LIMIT} for robust, and remove it for other losses of LLaMA-Factory.`,
  evidence: [
    'Source of TRL 1.13, DPOTrainer: exo_pair raises an error with label_smoothing 0, and robust warns from 0.5 on.',
    'Source of LLaMA-Factory 0.9.5, hparams/finetuning_args.py: dpo_label_smoothing raises an error with another loss than sigmoid.',
  ],
  *check(experiment) {
    const loss = experiment.get('objective.loss');
    const smoothing = smoothingOf(experiment);
    if (loss.malformed || smoothing === undefined || !experiment.trainer.losses.includes(loss.value)) return;
    if (loss.value === 'exo_pair' && smoothing === 0) yield tooSmall(experiment);
    if (loss.value === 'robust' && smoothing >= LIMIT && takesTrlLosses(experiment))
      yield tooLarge(experiment, smoothing);
    if (experiment.trainer.dialect === 'llamafactory' && loss.value !== 'sigmoid' && smoothing > 0)
      yield refused(experiment);
  },
};

/** Also where it is out of our own range, which is below 0.5. */
function smoothingOf(experiment: Experiment): number | undefined {
  const { value, malformed, written } = experiment.get('objective.label_smoothing');
  if (!malformed) return value;
  return typeof written === 'number' ? written : undefined;
}

function tooSmall(experiment: Experiment): Finding {
  const { key } = experiment.get('objective.label_smoothing');
  return {
    at: 'objective.label_smoothing',
    message: `exo_pair needs ${key} above 0: its target is the smoothed label, and log 0 is infinite.`,
    fixes: [{ title: `Change to ${SMALL}`, edits: experiment.set('objective.label_smoothing', SMALL) }],
  };
}

function tooLarge(experiment: Experiment, smoothing: number): Finding {
  const { key } = experiment.get('objective.label_smoothing');
  return {
    at: 'objective.label_smoothing',
    severity: 'warning',
    message: `The robust loss needs ${key} below ${LIMIT}, not ${showNumber(smoothing)}: it divides by 1 - 2 x smoothing, which is 0 there and negative above, so that rejected answers are learned.`,
    fixes: [{ title: `Change to ${USUAL}`, edits: experiment.set('objective.label_smoothing', USUAL) }],
  };
}

function refused(experiment: Experiment): Finding {
  const { key } = experiment.get('objective.label_smoothing');
  return {
    at: 'objective.label_smoothing',
    message: `LLaMA-Factory takes ${key} with the sigmoid loss only, not with ${experiment.get('objective.loss').value}: it stops at the start.`,
    fixes: [{ title: `Remove ${key}`, edits: experiment.remove('objective.label_smoothing') }],
  };
}
