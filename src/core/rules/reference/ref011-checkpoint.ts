import { hasOwnReference, readsColumns } from '../../config/questions';
import type { Rule } from '../../rule';

/** A step of one of our runs, or of a trainer from the Hugging Face family. */
const RUN_CHECKPOINT = /(^|[\\/])runs[\\/][^\\/]+[\\/]checkpoints([\\/]|$)/;
const TRAINER_CHECKPOINT = /(^|[\\/])checkpoint-\d+[\\/]?$/;
/** Fine-tuned checkpoints are the usual and right start. */
const FINE_TUNED = /sft|instruct|chat/i;

export const REF011: Rule = {
  code: 'REF011',
  title: 'A checkpoint of a run would become its own reference',
  severity: 'warning',
  when: 'The starting policy or its adapter is a checkpoint from the middle of a run, and the reference is the starting policy.',
  why: 'Training that continues from there is held close to the half-trained policy instead of the model that the run started from: beta no longer measures the distance to the beginning, and optimizer state and data order are lost.',
  todo: 'To continue a run, resume it: `dpo-lab resume`. To start a new experiment from it, name the model it started from as reference.',
  evidence: [
    'Source of TRL 1.13, DPOTrainer: without a reference model a second copy of the policy path is loaded, whatever it is.',
    'huggingface/transformers #33336: to resume, load the base model and give the checkpoint to the trainer, not the checkpoint as the model.',
  ],
  *check(experiment) {
    if (!hasOwnReference(experiment) || readsColumns(experiment)) return;
    for (const at of ['model.path', 'model.adapter'] as const) {
      const { value, key } = experiment.get(at);
      if (value === undefined) continue;
      const ofRun = RUN_CHECKPOINT.test(value);
      if (!ofRun && (!TRAINER_CHECKPOINT.test(value) || FINE_TUNED.test(value))) continue;
      const advice = ofRun
        ? 'Resume the run instead (dpo-lab resume), or name the model it started from under reference.policy.'
        : 'If it comes from a DPO run, name the model that run started from under reference.policy.';
      yield {
        at,
        message: `${key} is a checkpoint from the middle of a run, and it would be its own reference: the pull would be to the half-trained policy. ${advice}`,
      };
    }
  },
};
