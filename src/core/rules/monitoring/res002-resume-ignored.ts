import type { Rule } from '../../rule';
import { keysFor } from '../own-keys';

export const RES002: Rule = {
  code: 'RES002',
  title: 'The checkpoint to resume from is ignored',
  severity: 'warning',
  when: '`resume_from_checkpoint` in a config for `trl dpo`.',
  why: 'The script behind `trl dpo` starts training without it: the run begins at step 0 again, without a word, and writes over the checkpoints.',
  todo: 'Remove the key. `dpo-lab train FILE` starts the same command so that `dpo-lab resume` continues it; alignment-handbook and LLaMA-Factory resume by themselves.',
  evidence: [
    'TRL 1.13.0, scripts/dpo.py: `trainer.train()` without an argument. Seen on a processor: with the key set, training began at step 0.',
  ],
  *check(experiment) {
    // A script may hand it on itself.
    const own = experiment.trainer.launch.startsWith('trl dpo') ? keysFor(experiment, 'trl') : undefined;
    const value = own?.file.value('resume_from_checkpoint');
    if (!own || value === undefined || value === false || value === 'false') return;
    yield {
      at: 'training.steps',
      key: 'resume_from_checkpoint',
      message:
        'trl dpo ignores resume_from_checkpoint and begins at step 0 again. dpo-lab train and dpo-lab resume continue a run.',
      fixes: [
        { title: 'Remove resume_from_checkpoint', edits: own.entries.remove('resume_from_checkpoint') },
      ],
    };
  },
};
