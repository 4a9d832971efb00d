import type { Rule } from '../../rule';
import { isOn, keysFor } from '../own-keys';

export const REF015: Rule = {
  code: 'REF015',
  title: 'The reference model stays in memory all the same',
  severity: 'info',
  when: '`precompute_ref_log_probs` for axolotl, with all weights trained.',
  why: 'axolotl loads the second copy of the model before it hands over to TRL, so that precomputing saves no memory; it costs a pass over the data.',
  todo: 'Remove the key, or train an adapter: then no second copy is loaded.',
  evidence: [
    'Source of axolotl 067b021c, train.py: without an adapter the reference model is always loaded.',
  ],
  *check(experiment) {
    const own = keysFor(experiment, 'axolotl');
    if (!own || !isOn(own, 'precompute_ref_log_probs') || own.file.has('adapter')) return;
    yield {
      at: 'reference.policy',
      key: 'precompute_ref_log_probs',
      message:
        'axolotl loads the reference model all the same when all weights are trained: this saves no memory.',
      fixes: [
        { title: 'Remove precompute_ref_log_probs', edits: own.entries.remove('precompute_ref_log_probs') },
      ],
    };
  },
};
