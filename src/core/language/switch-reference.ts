import type { Experiment } from '../config/experiment';
import type { TextEdit } from '../words/text';

/**
 * Another reference policy in the file's own words. Other trainers have no word for the starting policy: it is their
 * reference where no key names one. None of them trains without a reference by such a key.
 * @param policy `same`, `none` or a model
 */
export function switchedReference(
  experiment: Experiment,
  policy: string,
): { readonly edits: TextEdit[] | undefined } | { readonly refusal: string } {
  const { dialect, program } = experiment.trainer;
  const { expressible, given, malformed, key } = experiment.get('reference.policy');
  if (dialect === 'dpo-lab') return { edits: experiment.set('reference.policy', policy) };
  if (!expressible)
    return {
      refusal: `${program} has no key for another reference here: ${experiment.trainer.reference}. Convert this file to one of DPO Lab, whose trainers take any.`,
    };
  if (policy === 'none')
    return {
      refusal: `${program} always compares a reference with this loss. Convert this file to one of DPO Lab, which can train without.`,
    };
  if (policy !== 'same') return { edits: experiment.set('reference.policy', policy) };
  if (!given && !malformed)
    return { refusal: `Nothing to change: without ${key} the starting policy is the reference.` };
  return { edits: experiment.remove('reference.policy') };
}
